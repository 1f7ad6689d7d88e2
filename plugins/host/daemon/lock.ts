import { closeSync, constants, fstatSync, ftruncateSync, readSync, rmdirSync, writeSync } from 'node:fs';
import { isSameFile, openFolder, reasonOf, type Folder, type UserIdentity } from '../../../core/index.ts';
import { isAlive, startOf, type StartedProcess } from '../persist/index.ts';
import { makeStateFolder } from './state-folder.ts';

const LOCK = 'lock';
const LONGEST_HOLDER = 64;

export interface LockOptions {
  /** The owner of the folder. */
  readonly owner?: Pick<UserIdentity, 'uid' | 'gid'> | undefined;
  /** flock(2); `undefined` where the system calls are missing. `false`: another process has it. */
  readonly flock: ((fd: number) => boolean) | undefined;
}

export type LockResult =
  | { readonly kind: 'taken'; readonly release: () => void }
  /** Another daemon holds the lock. */
  | { readonly kind: 'held'; readonly pid: number | undefined }
  /** The lock cannot be created. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Takes the lock of a daemon in its state folder, before it touches anything that another daemon of the same
 * configuration may use.
 *
 * The kernel releases the lock when the process exits for any reason, and no child inherits it: Node opens everything
 * close-on-exec. The file also contains the pid and start time of its holder. That is for people, and for a daemon
 * without the system calls, which only has this information: if both match a running process, the lock is held. A stale
 * file is taken over.
 */
export function takeLock(path: string, { owner, flock }: LockOptions): LockResult {
  try {
    makeStateFolder(path, owner);
    using folder = openFolder(path);
    return takeIn(folder, path, flock);
  } catch (error) {
    return { kind: 'impossible', reason: reasonOf(error) };
  }
}

function takeIn(folder: Folder, path: string, flock: LockOptions['flock']): LockResult {
  for (;;) {
    const fd = folder.open(LOCK, { flags: constants.O_RDWR | constants.O_CREAT, mode: 0o600 });
    let isKept = false;
    try {
      if (!fstatSync(fd).isFile()) throw new Error(`${path}/${LOCK} is not a regular file`);
      const isFree = flock === undefined || flock(fd);
      const holder = readHolder(fd);
      const isHeld = flock === undefined ? holder !== undefined && isAlive(holder) : !isFree || isSameProcess(holder);
      if (isHeld) return { kind: 'held', pid: holder?.pid };
      // A daemon that has just exited may have removed the file: a lock on a file without a name is worthless.
      if (!isSameFile(folder.look(LOCK), fstatSync(fd))) continue;
      ftruncateSync(fd);
      writeSync(fd, `${process.pid} ${startOf(process.pid) ?? '?'}\n`, 0);
      isKept = true;
      return { kind: 'taken', release: () => release(fd, path) };
    } finally {
      if (!isKept) closeSync(fd);
    }
  }
}

/** Removed while it is held: a waiting daemon notices, and creates another. */
function release(fd: number, path: string): void {
  try {
    using folder = openFolder(path);
    if (isSameFile(folder.look(LOCK), fstatSync(fd))) folder.remove(LOCK);
    rmdirSync(path); // as long as nothing else is in it
  } catch {
    // Already removed, or another file is there.
  }
  closeSync(fd);
}

function readHolder(fd: number): StartedProcess | undefined {
  const bytes = Buffer.alloc(LONGEST_HOLDER);
  const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
  const [, pid, start] = /^(\d+) (\S+)\n/.exec(text) ?? [];
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start };
}

/** If the kernel provides locks, only a daemon without the system calls can still run: its entry must match exactly. */
function isSameProcess(holder: StartedProcess | undefined): boolean {
  return holder !== undefined && holder.pid !== process.pid && startOf(holder.pid) === holder.start;
}
