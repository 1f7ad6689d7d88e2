import koffi from 'koffi';

/** libc as this folder uses it. Only the files of core/posix import koffi. */
export interface Libc {
  /**
   * Declares a function: `int flock(int fd, int operation)`. @throws if libc has no function of that name.
   */
  readonly func: ReturnType<typeof koffi.load>['func'];
  /** The numbers of system calls on this architecture. */
  readonly calls: SystemCalls;
  /** The raw system call with up to three numbers. */
  readonly syscall: (number: number, a: number, b: number, c: number) => number;
  /**
   * Throws the errno of a call that returned -1, with the errno name as `code`. Must be called right after the call.
   */
  readonly check: (result: number, call: string) => void;
  /** Throws an errno, with its name as `code`. */
  readonly fail: (errno: number, call: string) => never;
  /** Whether libc has a function of that name. */
  readonly isThere: (name: string) => boolean;
}

/** Numbers of the system calls that libc has no wrapper for, or one that koffi cannot call. */
const CALLS = {
  x64: { closeRange: 436, fcntl: 72, ioctl: 16 },
  arm64: { closeRange: 436, fcntl: 25, ioctl: 29 },
} as const;

type SystemCalls = (typeof CALLS)[keyof typeof CALLS];

/** @throws if koffi does not load or the platform is not supported: Linux on x64 and arm64 only. */
export function loadLibc(): Libc {
  const calls = callNumbers();
  const libc = koffi.load(null);
  const syscall = libc.func('long syscall(long number, long a, long b, long c)');
  const fail = (errno: number, call: string): never => {
    const code = errnoName(errno);
    throw Object.assign(new Error(`${call}: ${code}`), { code, syscall: call });
  };
  return {
    func: libc.func.bind(libc),
    calls,
    syscall: (number, a, b, c) => Number(syscall(number, a, b, c)),
    check(result, call) {
      if (result === -1) fail(koffi.errno(), call);
    },
    fail,
    isThere(name) {
      try {
        libc.symbol(name);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** `ENOENT` for 2. */
function errnoName(number: number): string {
  return Object.entries(koffi.os.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
}

function callNumbers(): SystemCalls {
  const { platform, arch } = process;
  if (platform === 'linux' && (arch === 'x64' || arch === 'arm64')) return CALLS[arch];
  throw new Error(`the numbers of system calls are not known for ${platform} ${arch}`);
}
