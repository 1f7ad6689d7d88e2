import { realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { UserIdentity } from '../config.ts';
import { pathOf } from './bytes.ts';

/**
 * The first path on the way to a file, or the file itself, whose mode does not let this user enter or execute it. The
 * daemon is another user and cannot ask the kernel. It reads modes and does not see access control lists or mount
 * options. Only the user's own process can decide for sure.
 */
export function deniedPath(path: string, user: UserIdentity): string | undefined {
  const way: string[] = [];
  for (let at = realPath(path); at !== undefined; at = at === '/' ? undefined : dirname(at)) way.unshift(at);
  return way.find((step) => {
    const stat = statsOf(step);
    return stat !== undefined && !mayExecute(stat, user);
  });
}

/** Errors are ignored: the owner may just be making links in a circle. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function mayExecute({ mode, uid, gid }: Stats, user: UserIdentity): boolean {
  if (user.uid === 0) return true;
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid || user.groups.includes(gid)) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(pathOf(path), 'utf8');
  } catch {
    return undefined; // a missing file is reported elsewhere
  }
}
