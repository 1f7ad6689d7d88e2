import koffi from 'koffi';
import { waitStatusOf, type RunUsage, type WaitStatus } from '../exit.ts';
import { bytesOf } from '../spawn/bytes.ts';
import { closeOnExecFrom } from './descriptors.ts';
import type { Libc } from './libc.ts';

export interface ProcessCalls {
  /**
   * posix_spawn(3). The child leads its own session, has default signal dispositions and an empty mask, and no
   * descriptor but 0 to 2. Errors carry the errno name as `code`; a failed exec is reported like a failed fork.
   */
  spawnProcess(given: SpawnGiven): number;
  /**
   * The first child of this process that has exited and is not reaped yet, or `undefined`. Includes children of threads
   * and libraries. `none`: there is no child at all.
   */
  findEnded(): EndedChild | 'none' | undefined;
  /** Whether this child has exited and is not reaped yet. */
  hasEnded(pid: number): boolean;
  /**
   * Restricts SIGCHLD to exits, while its handler is installed. Children can stop and continue as often as their user
   * wants, and when libuv's signal pipe is full, other signals are lost.
   */
  reportEndsOnly(): void;
  /** execve(2): this process becomes another program. Returns only by an error. */
  become(file: Buffer, argv: readonly Buffer[], env: readonly Buffer[]): never;
  /** Reaps one child, if it has exited. `gone`: it was reaped elsewhere. Does not wait. */
  reap(pid: number): EndOfChild | 'running' | 'gone';
}

interface SpawnGiven {
  readonly file: Buffer;
  readonly argv: readonly Buffer[];
  /** `NAME=VALUE`. */
  readonly env: readonly Buffer[];
  readonly cwd: Buffer | undefined;
  /** What becomes of descriptors 0 to 2: a descriptor of this process, or `null` for /dev/null. */
  readonly fds: readonly (number | 'null')[];
  /** Further descriptors that it inherits, under the same numbers. */
  readonly keeps?: readonly number[];
}

interface EndedChild {
  readonly pid: number;
  /** The exit code; `undefined` for a child that was killed by a signal. */
  readonly code: number | undefined;
}

/** A child that was reaped: how it ended, and what it has used. */
export interface EndOfChild {
  readonly status: WaitStatus;
  readonly usage: RunUsage;
}

/** spawn.h of glibc and musl. */
const [SETSIGDEF, SETSIGMASK, SETSID] = [0x04, 0x08, 0x80];
/** Larger than posix_spawnattr_t (336 bytes), posix_spawn_file_actions_t (80) and sigset_t (128) anywhere. */
const ROOM = 512;
const [P_ALL, P_PID, WNOHANG, WEXITED, WNOWAIT] = [0, 1, 1, 4, 0x1000000];
/** Of struct sigaction on 64-bit Linux, glibc and musl alike: the handler, 128 bytes of mask, the flags. */
const SA_FLAGS_AT = 136;
const [SIGCHLD, SA_NOCLDSTOP] = [17, 1];
const CLD_EXITED = 1;
const O_RDWR = 2;
/** struct rusage on 64-bit Linux: two struct timeval and 14 longs. */
const RUSAGE_WORDS = 18;

export function processCalls(libc: Libc): ProcessCalls {
  const { func, check, fail, isThere } = libc;
  const spawn = func(
    'int posix_spawn(void *pid, const void *path, const void *actions, const void *attr, const void *argv, const void *envp)',
  );
  const initActions = func('int posix_spawn_file_actions_init(void *actions)');
  const destroyActions = func('int posix_spawn_file_actions_destroy(void *actions)');
  const addDup2 = func('int posix_spawn_file_actions_adddup2(void *actions, int fd, int target)');
  const addOpen = func(
    'int posix_spawn_file_actions_addopen(void *actions, int fd, const void *path, int flags, uint32_t mode)',
  );
  const addChdir = func('int posix_spawn_file_actions_addchdir_np(void *actions, const void *path)');
  // glibc 2.34. Without it, all descriptors of ours are close-on-exec already, and those that others opened are marked
  // before each spawn.
  const addCloseFrom = isThere('posix_spawn_file_actions_addclosefrom_np')
    ? func('int posix_spawn_file_actions_addclosefrom_np(void *actions, int first)')
    : undefined;
  const waitid = func('int waitid(int type, uint32_t id, void *info, int options)');
  const wait4 = func('int wait4(int pid, void *status, int options, void *usage)');
  const sigaction = func('int sigaction(int signal, const void *action, void *old)');
  const attributes = makeAttributes();
  const info = Buffer.alloc(128);
  const status = new Int32Array(1);
  const used = new BigInt64Array(RUSAGE_WORDS);

  const execve = func('int execve(const void *path, const void *argv, const void *envp)');

  return { spawnProcess, become, findEnded, hasEnded, reap, reportEndsOnly };

  function become(file: Buffer, argv: readonly Buffer[], env: readonly Buffer[]): never {
    const [path, words, variables] = [terminated(file), pointersTo(argv), pointersTo(env)];
    check(Number(execve(path, words, variables)), 'execve');
    throw new Error('execve returned');
  }

  function spawnProcess({ file, argv, env, cwd, fds, keeps = [] }: SpawnGiven): number {
    const actions = Buffer.alloc(ROOM);
    const pid = new Int32Array(1);
    const [words, variables, path] = [pointersTo(argv), pointersTo(env), terminated(file)];
    ok(initActions(actions), 'posix_spawn_file_actions_init');
    try {
      describeDescriptors(actions, fds, keeps);
      const folder = cwd && terminated(cwd);
      if (folder !== undefined) ok(addChdir(actions, folder), 'posix_spawn_file_actions_addchdir_np');
      ok(spawn(pid, path, actions, attributes, words, variables), 'posix_spawn');
    } finally {
      destroyActions(actions);
    }
    return pid[0] ?? 0;
  }

  function describeDescriptors(actions: Buffer, fds: SpawnGiven['fds'], keeps: readonly number[]): void {
    // A descriptor in the way of another target is moved first.
    let free = Math.max(2, ...fds.map((fd) => (fd === 'null' ? 0 : fd))) + 1;
    const sources = fds.map((fd, target) => {
      if (fd === 'null' || fd === target || fd > 2) return fd;
      ok(addDup2(actions, fd, free), 'posix_spawn_file_actions_adddup2');
      return free++;
    });
    for (const [target, source] of sources.entries()) {
      if (source === 'null') ok(addOpen(actions, target, DEV_NULL, O_RDWR, 0), 'posix_spawn_file_actions_addopen');
      else ok(addDup2(actions, source, target), 'posix_spawn_file_actions_adddup2');
    }
    // Copied to itself a descriptor is not closed by the exec; all others of this process are.
    for (const fd of keeps) ok(addDup2(actions, fd, fd), 'posix_spawn_file_actions_adddup2');
    if (keeps.length === 0 && addCloseFrom !== undefined)
      ok(addCloseFrom(actions, 3), 'posix_spawn_file_actions_addclosefrom_np');
    else closeOnExecFrom(libc, 3);
  }

  function reportEndsOnly(): void {
    const action = Buffer.alloc(ROOM);
    check(sigaction(SIGCHLD, null, action), 'sigaction');
    action.writeInt32LE(action.readInt32LE(SA_FLAGS_AT) | SA_NOCLDSTOP, SA_FLAGS_AT);
    check(sigaction(SIGCHLD, action, null), 'sigaction');
  }

  function hasEnded(pid: number): boolean {
    info.fill(0);
    return waitid(P_PID, pid, info, WEXITED | WNOHANG | WNOWAIT) === 0 && info.readInt32LE(16) === pid;
  }

  function findEnded(): EndedChild | 'none' | undefined {
    info.fill(0);
    // Only ECHILD is possible here: the arguments are valid, and the call does not wait.
    if (waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) === -1) return 'none';
    const pid = info.readInt32LE(16);
    if (pid === 0) return undefined;
    return { pid, code: info.readInt32LE(8) === CLD_EXITED ? info.readInt32LE(24) : undefined };
  }

  function reap(pid: number): EndOfChild | 'running' | 'gone' {
    const result = Number(wait4(pid, status, WNOHANG, used));
    if (result === -1) return 'gone';
    return result === 0 ? 'running' : { status: waitStatusOf(status[0] ?? 0), usage: usageOf(used) };
  }

  /** Never freed, used by every spawn. */
  function makeAttributes(): Buffer {
    const made = Buffer.alloc(ROOM);
    ok(func('int posix_spawnattr_init(void *attr)')(made), 'posix_spawnattr_init');
    ok(func('int posix_spawnattr_setflags(void *attr, int16_t flags)')(made, SETSIGDEF | SETSIGMASK | SETSID), 'flags');
    // All of them: Node ignores SIGPIPE and SIGXFSZ, and ignored signals stay ignored after an exec.
    ok(
      func('int posix_spawnattr_setsigdefault(void *attr, const void *set)')(made, Buffer.alloc(128, 0xff)),
      'sigdefault',
    );
    ok(func('int posix_spawnattr_setsigmask(void *attr, const void *set)')(made, Buffer.alloc(128)), 'sigmask');
    return made;
  }

  /** These functions return the errno, and do not set it. */
  function ok(errno: number, call: string): void {
    if (errno !== 0) fail(errno, call);
  }
}

const DEV_NULL = terminated(bytesOf('/dev/null'));

function terminated(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.of(0)]);
}

/** A `char *[]` with a null at its end. The bytes that it points to belong to it, and live as long as it does. */
function pointersTo(strings: readonly Buffer[]): BigUint64Array {
  const bytes = Buffer.alloc(strings.reduce((sum, { length }) => sum + length + 1, 1));
  const pointers = new BigUint64Array(strings.length + 1);
  const base = koffi.address(bytes);
  let at = 0;
  for (const [index, string] of strings.entries()) {
    pointers[index] = base + BigInt(at);
    at += string.copy(bytes, at) + 1;
  }
  return Object.assign(pointers, { bytes });
}

/** Of a struct rusage: two timevals, then the peak in KiB. */
function usageOf(words: BigInt64Array): RunUsage {
  const [userS = 0, userUs = 0, systemS = 0, systemUs = 0, peakKib = 0] = Array.from(words.subarray(0, 5), Number);
  return {
    userSeconds: userS + userUs / 1e6,
    systemSeconds: systemS + systemUs / 1e6,
    peakMemoryBytes: peakKib * 1024,
  };
}
