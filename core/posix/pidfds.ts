import { codeOf } from '../errors.ts';
import type { Libc } from './libc.ts';
import { waitStatusOf, type WaitStatus } from '../exit.ts';

/**
 * Descriptors of processes (pidfd_open(2)). Unlike a pid, one never refers to another process later; and it can be waited
 * for by a process that is not the parent.
 */
export interface PidfdCalls {
  /** Close-on-exec. Errors carry the errno name as `code`: ESRCH if there is no such process. */
  openPidfd(pid: number): number;
  /** A copy of a descriptor of that process: the same open file. EPERM: this user may not trace it. */
  copyDescriptor(pidfd: number, fd: number): number;
  /** Sends a signal by its number. `gone`: the process has ended, or with `asGroup` all of its process group. */
  signalPidfd(pidfd: number, signal: number, asGroup: boolean): 'sent' | 'gone';
  /** How it ended; `undefined` until its parent has reaped it, and before Linux 6.15. */
  endOf(pidfd: number): WaitStatus | undefined;
  /** Calls back once, in a later turn of the event loop, when the process has ended. Holds a thread of libuv's pool. */
  watchEnd(pidfd: number, onEnd: () => void): void;
}

/** The same on every architecture. */
const [PIDFD_SEND_SIGNAL, PIDFD_OPEN, PIDFD_GETFD] = [424, 434, 438];
/** Linux 6.9. */
const PIDFD_SIGNAL_PROCESS_GROUP = 4;
/** `_IOWR(0xff, 11, struct pidfd_info)` of linux/pidfd.h, in its first size. */
const INFO_BYTES = 64;
const PIDFD_GET_INFO = 0xc000_ff0b + INFO_BYTES * 2 ** 16;
const [PIDFD_INFO_EXIT, EXIT_CODE_AT] = [8n, 60];

export function pidfdCalls(libc: Libc): PidfdCalls {
  const { func, calls, syscall, check } = libc;
  const withPointer = func('long syscall(long number, long a, long b, void *c)');
  const withPointerAndFlags = func('long syscall(long number, long a, long b, void *c, long d)');
  let watch: EndWatch | undefined;

  return {
    openPidfd(pid) {
      const fd = syscall(PIDFD_OPEN, pid, 0, 0);
      check(fd, 'pidfd_open');
      return fd;
    },
    copyDescriptor(pidfd, fd) {
      const copy = syscall(PIDFD_GETFD, pidfd, fd, 0);
      check(copy, 'pidfd_getfd');
      return copy;
    },
    signalPidfd(pidfd, signal, asGroup) {
      try {
        const flags = asGroup ? PIDFD_SIGNAL_PROCESS_GROUP : 0;
        check(Number(withPointerAndFlags(PIDFD_SEND_SIGNAL, pidfd, signal, null, flags)), 'pidfd_send_signal');
        return 'sent';
      } catch (error) {
        if (codeOf(error) === 'ESRCH') return 'gone';
        throw error;
      }
    },
    endOf(pidfd) {
      const info = Buffer.alloc(INFO_BYTES);
      info.writeBigUInt64LE(PIDFD_INFO_EXIT);
      if (Number(withPointer(calls.ioctl, pidfd, PIDFD_GET_INFO, info)) === -1) return undefined;
      // Of a zombie the call succeeds, too, with an exit code of 0.
      if ((info.readBigUInt64LE() & PIDFD_INFO_EXIT) === 0n) return undefined;
      return waitStatusOf(info.readInt32LE(EXIT_CODE_AT));
    },
    watchEnd(pidfd, onEnd) {
      watch ??= new EndWatch(libc);
      watch.add(pidfd, onEnd);
    },
  };
}

const [EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLIN] = [0o2000000, 1, 2, 1];
const EFD_CLOEXEC = 0o2000000;
/** struct epoll_event is packed on x64 alone. */
const [EVENT_BYTES, DATA_AT] = process.arch === 'x64' ? [12, 4] : [16, 8];
const MOST_AT_ONCE = 64;

/** One thread waits for all processes; nothing is polled. */
class EndWatch {
  readonly #libc: Libc;
  readonly #epoll: number;
  /** Written to end the wait: process.exit would wait for the thread for ever. */
  readonly #wake: number;
  readonly #control;
  readonly #wait;
  readonly #write;
  readonly #events = Buffer.alloc(EVENT_BYTES * MOST_AT_ONCE);
  readonly #watched = new Map<number, () => void>();
  #isWaiting = false;

  constructor(libc: Libc) {
    const { func, check } = libc;
    this.#libc = libc;
    this.#control = func('int epoll_ctl(int epoll, int operation, int fd, void *event)');
    this.#wait = func('int epoll_wait(int epoll, void *events, int most, int timeout)');
    this.#write = func('long write(int fd, const void *bytes, size_t count)');
    this.#epoll = Number(func('int epoll_create1(int flags)')(EPOLL_CLOEXEC));
    check(this.#epoll, 'epoll_create1');
    this.#wake = Number(func('int eventfd(unsigned int initial, int flags)')(0, EFD_CLOEXEC));
    check(this.#wake, 'eventfd');
    this.#change(EPOLL_CTL_ADD, this.#wake);
    process.once('exit', () => void this.#write(this.#wake, new BigUint64Array([1n]), 8));
  }

  add(pidfd: number, onEnd: () => void): void {
    this.#change(EPOLL_CTL_ADD, pidfd);
    this.#watched.set(pidfd, onEnd);
    this.#waitOn();
  }

  #change(operation: number, fd: number): void {
    const event = Buffer.alloc(EVENT_BYTES);
    event.writeUInt32LE(EPOLLIN);
    event.writeInt32LE(fd, DATA_AT);
    this.#libc.check(Number(this.#control(this.#epoll, operation, fd, event)), 'epoll_ctl');
  }

  #waitOn(): void {
    if (this.#isWaiting || this.#watched.size === 0) return;
    this.#isWaiting = true;
    this.#wait.async(this.#epoll, this.#events, MOST_AT_ONCE, -1, (error: unknown, count: number) => {
      this.#isWaiting = false;
      if (error !== null && error !== undefined) throw error;
      const ended: (() => void)[] = [];
      for (let number = 0; number < count; number += 1) {
        const fd = this.#events.readInt32LE(number * EVENT_BYTES + DATA_AT);
        const onEnd = this.#watched.get(fd);
        if (onEnd === undefined) continue;
        this.#change(EPOLL_CTL_DEL, fd);
        this.#watched.delete(fd);
        ended.push(onEnd);
      }
      this.#waitOn();
      for (const onEnd of ended) onEnd();
    });
  }
}
