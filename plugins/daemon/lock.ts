import { closeSync, constants, fstatSync, ftruncateSync, readSync, rmdirSync, writeSync } from 'node:fs';
import { isSameFile, openFolder, reasonOf, type Folder, type UserIdentity } from '../../core/index.ts';
import { isAlive, startOf, type StartedProcess } from './process-start.ts';
import { makeStateFolder } from './state-folder.ts';

const LOCK = 'lock';
const LONGEST_HOLDER = 64;

export interface LockOptions {
  /** Who will own the folder. */
  readonly owner?: Pick<UserIdentity, 'uid' | 'gid'> | undefined;
  /** flock(2); `undefined` where the system calls are missing. `false`: another process has it. */
  readonly flock: ((fd: number) => boolean) | undefined;
}

export type LockResult =
  | { readonly kind: 'taken'; readonly release: () => void }
  /** Another daemon runs. */
  | { readonly kind: 'held'; readonly pid: number | undefined }
  /** There is no place for a lock. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Takes the lock of a daemon in its state folder, before it touches anything that a daemon of the same configuration may have in use.
 *
 * The kernel gives the lock back when the process ends, however it ends, and no child has it: Node opens everything close-on-exec.
 * The file also says who holds it: pid and start time. That is for people, and for a daemon without the system calls, which goes by it
 * alone: where both are those of a running process, the lock is held. A stale file is taken over.
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
      // A daemon that has just ended has removed the file: the lock of one without a name is worth nothing.
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

/** Removed while it is held: whoever waits for it notices, and makes another. */
function release(fd: number, path: string): void {
  try {
    using folder = openFolder(path);
    if (isSameFile(folder.look(LOCK), fstatSync(fd))) folder.remove(LOCK);
    rmdirSync(path); // as long as nothing else is in it
  } catch {
    // Somebody has cleaned up already, or keeps something else there.
  }
  closeSync(fd);
}

function readHolder(fd: number): StartedProcess | undefined {
  const bytes = Buffer.alloc(LONGEST_HOLDER);
  const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
  const [, pid, start] = /^(\d+) (\S+)\n/.exec(text) ?? [];
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start };
}

/** Where the kernel gives the lock, only a daemon without the system calls can still be there: its line has to be beyond doubt. */
function isSameProcess(holder: StartedProcess | undefined): boolean {
  return holder !== undefined && holder.pid !== process.pid && startOf(holder.pid) === holder.start;
}
