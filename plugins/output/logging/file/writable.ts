import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, locate } from '../../../../core/index.ts';
import { briefly } from '../errno.ts';
import { ownDescriptor } from './open-log.ts';

/** Why a log could not be written; `undefined` if it can. Creates nothing. */
export function obstacleTo(path: string): string | undefined {
  if (ownDescriptor(path) !== undefined) return undefined;
  try {
    using place = locate(path);
    const { folder, name, isDescriptor } = place;
    const stat = isDescriptor ? undefined : folder.look(name);
    if (stat?.isDirectory() === true) return 'it is a directory';
    if (stat !== undefined) accessSync(folder.at(name), constants.W_OK);
    else accessSync(folder.at('.'), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? `there is no directory ${dirname(path)}` : briefly(error);
  }
}
