import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NATIVE_NAMES } from '../../plugins/config/discover.ts';

/**
 * The configuration in the working directory that tsvd would take. It may be code, and tsvctl is run in other people's folders, too: one
 * that belongs to neither root nor this user is left alone; it can be named with -c.
 */
export async function findNative(uid = process.getuid?.() ?? -1): Promise<string | undefined> {
  for (const name of NATIVE_NAMES) {
    const [file, folder] = await Promise.all([name, '.'].map((path) => stat(path).catch(() => undefined)));
    const isTrusted = [file, folder].every((stats) => stats !== undefined && (stats.uid === uid || stats.uid === 0));
    if (file?.isFile() === true && isTrusted) return resolve(name);
  }
  return undefined;
}
