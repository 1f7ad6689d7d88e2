import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { briefly, errnoOf } from './errno.ts';
import { ownDescriptor } from './open-log.ts';

/** Why a log could not be written, in words; `undefined` when it can. Makes nothing. */
export function obstacleTo(path: string): string | undefined {
  if (ownDescriptor(path) !== undefined) return undefined;
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) return 'it is a directory';
    if (stat !== undefined) accessSync(path, constants.W_OK);
    else accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? `there is no directory ${dirname(path)}` : briefly(error);
  }
}
