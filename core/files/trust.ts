import type { Stats } from 'node:fs';

/**
 * Who can replace names in a folder, and therefore how far a name in it can be trusted.
 *
 * - `own`: only root and the daemon's user. Whoever created an entry there may do everything anyway.
 * - `shared`: it belongs to root or to the daemon's user, and others may write there (`/tmp`, a folder of a group).
 * - `foreign`: it belongs to another user.
 */
export type FolderTrust = 'own' | 'shared' | 'foreign';

type Owned = Pick<Stats, 'uid' | 'gid' | 'mode'>;

const GROUP_OR_OTHERS = 0o022;
const OTHERS = 0o002;
const STICKY = 0o1000;

export function trustOf({ uid, gid, mode }: Owned, self: number): FolderTrust {
  if (uid !== 0 && uid !== self) return 'foreign';
  // The group of root is trusted like root.
  return (mode & (gid === 0 ? OTHERS : GROUP_OR_OTHERS)) === 0 ? 'own' : 'shared';
}

/** Whether other users can replace an entry of a folder. The sticky bit (of /tmp) prevents it. */
export function canExchange(folder: Owned, { uid }: Pick<Stats, 'uid'>, self: number): boolean {
  const trust = trustOf(folder, self);
  if (trust !== 'shared') return trust === 'foreign';
  return (folder.mode & STICKY) === 0 || (uid !== 0 && uid !== self);
}

/** Whether to follow a link wherever it leads: its creator could reach the target without it. */
export function isTrustedLink(folder: FolderTrust, { uid }: Pick<Stats, 'uid'>, self: number): boolean {
  return folder === 'own' || (folder === 'shared' && (uid === 0 || uid === self));
}

/**
 * Why a file in a folder where other users can replace names is not opened; `undefined` if it is. A second hard link
 * may be the name of a file that the user of the folder may neither read nor write. Linux forbids such links
 * (fs.protected_hardlinks) by default.
 */
export function reasonToRefuse(found: Stats, areHardLinksProtected: boolean): string | undefined {
  if (found.isCharacterDevice() || found.isBlockDevice()) return 'it is a device';
  if (found.isFile() && found.nlink > 1 && !areHardLinksProtected) return 'it has a second name (a hard link)';
  return undefined;
}
