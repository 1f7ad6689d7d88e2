import { readdirSync } from 'node:fs';
import { codeOf } from '../errors.ts';
import type { Libc } from './libc.ts';

export interface DescriptorCalls {
  /**
   * Makes an anonymous pipe, both ends close-on-exec; the named end does not block. Errors carry the errno name as
   * `code`.
   */
  makePipe(nonBlocking: 'read' | 'write'): { readonly readEnd: number; readonly writeEnd: number };
  /** Marks every descriptor from `first` on close-on-exec, whoever opened it. */
  closeOnExecFrom(first: number): void;
  /** Another descriptor of the same open file. */
  duplicate(fd: number): number;
  /** Has a descriptor outlive a {@link ProcessCalls.become}. A spawn marks all descriptors otherwise: call it right before. */
  keepOnExec(fd: number): void;
  /** Takes an exclusive lock (flock) on a file, held while it is open. `false`: another process holds it. */
  lockFile(fd: number): boolean;
  /** Sets how many bytes a pipe holds. EPERM: the user's pipes hold too much already; EBUSY: there is more in it. */
  setPipeSize(fd: number, bytes: number): void;
}

const CLOSE_RANGE_CLOEXEC = 4;
const [F_DUPFD, F_SETFD, FD_CLOEXEC] = [0, 2, 1];
const F_SETFL = 4;
const [O_NONBLOCK, O_CLOEXEC] = [0o4000, 0o2000000];
const F_SETPIPE_SZ = 1031;
const LOCK_EXCLUSIVE = 2;
const LOCK_WITHOUT_WAITING = 4;

export function descriptorCalls(libc: Libc): DescriptorCalls {
  const { func, calls, syscall, check } = libc;
  const pipe2 = func('int pipe2(void *ends, int flags)');
  const flock = func('int flock(int fd, int operation)');
  return {
    makePipe(nonBlocking) {
      const ends = new Int32Array(2);
      check(pipe2(ends, O_CLOEXEC), 'pipe2');
      const [readEnd = -1, writeEnd = -1] = ends;
      check(syscall(calls.fcntl, nonBlocking === 'read' ? readEnd : writeEnd, F_SETFL, O_NONBLOCK), 'fcntl');
      return { readEnd, writeEnd };
    },
    closeOnExecFrom: (first) => closeOnExecFrom(libc, first),
    duplicate(fd) {
      const copy = syscall(calls.fcntl, fd, F_DUPFD, 3);
      check(copy, 'fcntl');
      return copy;
    },
    keepOnExec: (fd) => check(syscall(calls.fcntl, fd, F_SETFD, 0), 'fcntl'),
    lockFile(fd) {
      try {
        check(flock(fd, LOCK_EXCLUSIVE | LOCK_WITHOUT_WAITING), 'flock');
        return true;
      } catch (error) {
        if (['EAGAIN', 'EWOULDBLOCK'].includes(codeOf(error) ?? '')) return false;
        throw error;
      }
    },
    setPipeSize: (fd, bytes) => check(syscall(calls.fcntl, fd, F_SETPIPE_SZ, bytes), 'fcntl'),
  };
}

/** See {@link DescriptorCalls.closeOnExecFrom}. */
export function closeOnExecFrom({ calls, syscall }: Pick<Libc, 'calls' | 'syscall'>, first: number): void {
  if (syscall(calls.closeRange, first, 0xffffffff, CLOSE_RANGE_CLOEXEC) === 0) return;
  // Before Linux 5.11: one by one. The descriptor of the listing itself is among them, and is closed by now.
  const open = readdirSync('/proc/self/fd').map(Number);
  for (const fd of open.filter((fd) => fd >= first)) syscall(calls.fcntl, fd, F_SETFD, FD_CLOEXEC);
}
