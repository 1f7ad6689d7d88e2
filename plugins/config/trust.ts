import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { CONFIG_ERRORS } from './errors.ts';
import type { Problem } from './problem.ts';

/**
 * Reading a JavaScript or TypeScript configuration runs it, and any configuration names commands that are run. Whoever can write the file
 * that root reads is root. So root refuses a file that everybody can write, or that belongs to somebody else: a daemon that is started
 * in /tmp or in a user's folder does not run what lies there. The same goes for the files that a configuration imports, as far as esbuild
 * is there to tell which they are; packages are left to whoever installed them.
 */
export async function distrust(file: string, uid: number): Promise<Problem | undefined> {
  if (uid !== 0) return undefined;
  // A file that cannot be looked at cannot be read either; that is said then.
  // Of the file itself, wherever links lead: who can replace the end of a chain can replace the file.
  const real = await realpath(file).catch(() => file);
  const [stats, ...folders] = await Promise.all(
    [real, ...foldersOf(real)].map((path) => stat(path).catch(() => undefined)),
  );
  if (stats === undefined) return undefined;
  const why =
    reasonToDistrust(stats.mode, stats.uid) ??
    folders.flatMap((folder) => (folder && reasonToDistrustFolder(folder.mode, folder.uid)) ?? [])[0];
  if (why === undefined) return undefined;
  return {
    severity: 'error',
    kind: 'host',
    code: 'TSV_CONFIG_UNTRUSTED',
    file,
    message: CONFIG_ERRORS.TSV_CONFIG_UNTRUSTED(file, why),
  };
}

/** All folders that lead to a file: whoever may rename in one of them can put another file in its place. */
function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === file ? [] : [folder, ...foldersOf(folder)];
}

/** Of a file that root is to read. */
function reasonToDistrust(mode: number, owner: number): string | undefined {
  if (owner !== 0) return `belongs to user ${owner}`;
  return (mode & 0o002) === 0 ? undefined : 'can be written by everybody';
}

/** In such a folder anybody can put another file in place of this one, unless the sticky bit forbids it (as in /tmp). */
function reasonToDistrustFolder(mode: number, owner: number): string | undefined {
  if (owner !== 0) return `is in a folder that belongs to user ${owner}`;
  return (mode & 0o1002) === 0o002 ? 'is in a folder that everybody can write' : undefined;
}
