/**
 * The system calls that Node does not offer, through koffi. A door of its own: the core's index does not load this file,
 * and nothing else in the code base knows about koffi.
 */
import koffi from 'koffi';
import type { UserIdentity } from './config.ts';
import type { RunAs } from './spawn/spawner.ts';

export interface Posix {
  /** Makes a FIFO. Errors carry the errno name as `code`. */
  makeFifo(path: string, mode: number): void;
  /** Runs an action with the calling thread in another user's identity: all its groups, gid, uid; then comes back. */
  readonly runAs: RunAs;
  /** Marks every descriptor from `first` on close-on-exec, whoever opened it. */
  closeOnExecFrom(first: number): void;
  /** The soft and hard limit of a resource; `Infinity` is unlimited. */
  getLimit(resource: Resource): Limit;
  setLimit(resource: Resource, limit: Limit): void;
  /** The same for a child. It has executed its program already, and that has hardly got through its loader. */
  setLimitOf(pid: number, resource: Resource, limit: Limit): void;
}

export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** Linux numbers of the resources that Supervisor sets (`minfds`, `minprocs`). */
const RESOURCES = { descriptors: 7, processes: 6 } as const;
export type Resource = keyof typeof RESOURCES;

/** Numbers of the system calls, by architecture: libc's wrappers of these change every thread, the raw calls only one. */
const CALLS = {
  x64: { setgroups: 116, setresuid: 117, setresgid: 119, closeRange: 436 },
  arm64: { setgroups: 159, setresuid: 147, setresgid: 149, closeRange: 436 },
} as const;

const UNLIMITED = 2 ** 64;
const CLOSE_RANGE_CLOEXEC = 4;

/** @throws where koffi or this platform cannot: not Linux, or neither x64 nor arm64. */
export function loadPosix(): Posix {
  const calls = callNumbers();
  const libc = koffi.load(null);
  const mkfifo = libc.func('int mkfifo(const char *path, uint32_t mode)');
  const syscall3 = libc.func('long syscall(long number, long a, long b, long c)');
  const setgroups = libc.func('syscall', 'long', ['long', 'long', koffi.pointer('uint32_t')]);
  const rlimit = koffi.struct({ soft: 'uint64_t', hard: 'uint64_t' });
  const getrlimit = libc.func('getrlimit', 'int', ['int', koffi.out(koffi.pointer(rlimit))]);
  const prlimit = libc.func('prlimit', 'int', ['int', 'int', koffi.pointer(rlimit), 'void *']);

  /** Throws what a call left in errno, which is read before anything else can change it. */
  const check = (result: number, call: string): void => {
    if (result !== -1) return;
    const number = koffi.errno();
    const code = Object.entries(koffi.os.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
    throw Object.assign(new Error(`${call}: ${code}`), { code, syscall: call });
  };

  const become = ({ uid, gid, groups }: { uid: number; gid: number; groups: readonly number[] }): void => {
    check(setgroups(calls.setgroups, groups.length, Uint32Array.from(groups)), 'setgroups');
    check(syscall3(calls.setresgid, gid, gid, -1), 'setresgid');
    check(syscall3(calls.setresuid, uid, uid, -1), 'setresuid');
  };

  return {
    makeFifo: (path, mode) => check(mkfifo(path, mode), 'mkfifo'),
    runAs: (identity, action) => runAs(identity, action),
    closeOnExecFrom: (first) =>
      check(syscall3(calls.closeRange, first, 0xffffffff, CLOSE_RANGE_CLOEXEC), 'close_range'),
    getLimit(resource) {
      const limit: { soft?: number | bigint; hard?: number | bigint } = {};
      check(getrlimit(RESOURCES[resource], limit), 'getrlimit');
      return { soft: finite(limit.soft), hard: finite(limit.hard) };
    },
    setLimit: (resource, limit) => setLimitOf(0, resource, limit), // 0: this process
    setLimitOf,
  };

  function setLimitOf(pid: number, resource: Resource, { soft, hard }: Limit): void {
    check(prlimit(pid, RESOURCES[resource], { soft: raw(soft), hard: raw(hard) }, null), 'prlimit');
  }

  /**
   * The saved ids stay the daemon's, which is the way back; an exec gives them up, so that a child has none of them.
   * Nothing of JavaScript but `action` runs meanwhile, and other threads keep their identity.
   */
  function runAs<Result>(identity: UserIdentity, action: () => Result): Result {
    const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: process.getgroups?.() ?? [] };
    try {
      become(identity);
      return action();
    } finally {
      // In the reverse order: groups can only be set by root.
      check(syscall3(calls.setresuid, own.uid, own.uid, -1), 'setresuid');
      check(syscall3(calls.setresgid, own.gid, own.gid, -1), 'setresgid');
      check(setgroups(calls.setgroups, own.groups.length, Uint32Array.from(own.groups)), 'setgroups');
    }
  }
}

function callNumbers(): (typeof CALLS)[keyof typeof CALLS] {
  const { platform, arch } = process;
  if (platform === 'linux' && (arch === 'x64' || arch === 'arm64')) return CALLS[arch];
  throw new Error(`the numbers of system calls are not known for ${platform} ${arch}`);
}

function finite(value: number | bigint | undefined): number {
  const number = Number(value ?? 0);
  return number >= UNLIMITED - 2048 ? Infinity : number;
}

function raw(value: number): bigint {
  return value === Infinity ? 2n ** 64n - 1n : BigInt(value);
}
