/**
 * The system calls that Node does not offer, through koffi. A door of its own: the core's index does not load this file,
 * and nothing else in the code base knows about koffi.
 */
import { closeSync, fchmodSync, unlinkSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import koffi from 'koffi';
import type { UserIdentity } from './config.ts';
import type { RunAs } from './spawn/spawner.ts';

export interface Posix {
  /** Makes a FIFO. Errors carry the errno name as `code`. */
  makeFifo(path: string, mode: number): void;
  /** Runs an action with the calling thread in another user's identity: all its groups, gid, uid; then comes back. */
  readonly runAs: RunAs;
  /** Hands a message to the system's log, as `user.info` of `ident`. Lost where nobody listens there. */
  syslog(ident: string, text: string): void;
  /** Marks every descriptor from `first` on close-on-exec, whoever opened it. */
  closeOnExecFrom(first: number): void;
  /** The soft and hard limit of a resource; `Infinity` is unlimited. */
  getLimit(resource: Resource): Limit;
  setLimit(resource: Resource, limit: Limit): void;
  /**
   * A socket that listens on an IPv4 address, for children to accept from: libuv, whose sockets accept by themselves, does
   * not know it. Close it with `fs.closeSync`.
   */
  listenTcp(address: string, port: number, backlog: number): number;
  /**
   * The same on a unix socket, at a path where nothing is. `prepare` is called between bind and listen, when the socket
   * has its name, but nobody can connect and none but its owner may: give it an owner and a mode there. Where it throws,
   * nothing is left.
   */
  listenUnix(path: string, backlog: number, prepare: () => void): number;
  /** Whether anybody listens on a unix socket. Does not wait. */
  isListening(path: string): boolean;
  /** Sets how many bytes a pipe holds. EPERM: the user's pipes hold too much already; EBUSY: there is more in it. */
  setPipeSize(fd: number, bytes: number): void;
  /**
   * Sends one datagram to a unix socket: a path, or `@name` in the abstract namespace. Does not wait: EAGAIN where the
   * receiver has no room.
   */
  sendDatagram(address: string, bytes: Uint8Array): void;
}

interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** Linux numbers of the resources that Supervisor sets (`minfds`, `minprocs`). */
const RESOURCES = { descriptors: 7, processes: 6 } as const;
export type Resource = keyof typeof RESOURCES;

/** Numbers of the system calls, by architecture: libc's wrappers of these change every thread, the raw calls only one. */
const CALLS = {
  x64: { setgroups: 116, setresuid: 117, setresgid: 119, closeRange: 436, fcntl: 72 },
  arm64: { setgroups: 159, setresuid: 147, setresgid: 149, closeRange: 436, fcntl: 25 },
} as const;

const UNLIMITED = 2 ** 64;
const CLOSE_RANGE_CLOEXEC = 4;
const F_SETPIPE_SZ = 1031;
/** LOG_USER | LOG_INFO, as Python's syslog module has it by default. */
const LOG_USER_INFO = 14;

/** Linux numbers of what sockets are made with. */
const AF = { unix: 1, inet: 2 } as const;
const SOCK = { stream: 1, datagram: 2, nonblock: 0o4000, cloexec: 0o2000000 } as const;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Room for a path in sockaddr_un, the final zero included. */
const PATH_ROOM = 108;

/** @throws where koffi or this platform cannot: not Linux, or neither x64 nor arm64. */
export function loadPosix(): Posix {
  const calls = callNumbers();
  const libc = koffi.load(null);
  const mkfifo = libc.func('int mkfifo(const char *path, uint32_t mode)');
  const syscall3 = libc.func('long syscall(long number, long a, long b, long c)');
  const setgroups = libc.func('syscall', 'long', ['long', 'long', koffi.pointer('uint32_t')]);
  const rlimit = koffi.struct({ soft: 'uint64_t', hard: 'uint64_t' });
  const getrlimit = libc.func('getrlimit', 'int', ['int', koffi.out(koffi.pointer(rlimit))]);
  const setrlimit = libc.func('setrlimit', 'int', ['int', koffi.pointer(rlimit)]);

  const openlog = libc.func('void openlog(char *ident, int option, int facility)');
  const syslog = libc.func('void syslog(int priority, const char *format, ...)');
  /** The name that libc goes on using after the call: memory that is never freed. */
  const idents = new Map<string, unknown>();

  const socketCalls = {
    socket: libc.func('int socket(int domain, int type, int protocol)'),
    setsockopt: libc.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t size)'),
    bind: libc.func('int bind(int fd, const void *address, uint32_t size)'),
    connect: libc.func('int connect(int fd, const void *address, uint32_t size)'),
    listen: libc.func('int listen(int fd, int backlog)'),
    sendto: libc.func(
      'long sendto(int fd, const void *bytes, size_t size, int flags, const void *address, uint32_t length)',
    ),
  };

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
    syslog(ident, text) {
      if (!idents.has(ident)) {
        const bytes = Buffer.from(`${ident}\0`);
        const memory: unknown = koffi.alloc('char', bytes.length);
        koffi.encode(memory, koffi.array('char', bytes.length), [...bytes]);
        idents.set(ident, memory);
      }
      openlog(idents.get(ident), 0, 0);
      syslog(LOG_USER_INFO, '%s', 'str', text);
    },
    closeOnExecFrom: (first) =>
      check(syscall3(calls.closeRange, first, 0xffffffff, CLOSE_RANGE_CLOEXEC), 'close_range'),
    setPipeSize: (fd, bytes) => check(syscall3(calls.fcntl, fd, F_SETPIPE_SZ, bytes), 'fcntl'),
    getLimit(resource) {
      const limit: { soft?: number | bigint; hard?: number | bigint } = {};
      check(getrlimit(RESOURCES[resource], limit), 'getrlimit');
      return { soft: finite(limit.soft), hard: finite(limit.hard) };
    },
    setLimit,
    listenTcp: (address, port, backlog) =>
      withSocket(AF.inet, (fd) => {
        // As every server does: the ports of connections that have just ended do not keep it from coming back.
        check(socketCalls.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, Int32Array.of(1), 4), 'setsockopt');
        bind(fd, inetAddress(address, port));
        check(socketCalls.listen(fd, backlog), 'listen');
      }),
    listenUnix: (path, backlog, prepare) =>
      withSocket(AF.unix, (fd) => {
        // Linux makes the file with the mode of the socket, so that there is no moment in which others may connect.
        fchmodSync(fd, 0o600);
        bind(fd, unixAddress(path));
        try {
          prepare();
          check(socketCalls.listen(fd, backlog), 'listen');
        } catch (error) {
          unlinkSync(path);
          throw error;
        }
      }),
    isListening(path) {
      const address = unixAddress(path);
      const fd = openSocket(AF.unix, SOCK.stream | SOCK.nonblock);
      try {
        check(socketCalls.connect(fd, address, address.length), 'connect');
        return true;
      } catch (error) {
        // Nobody is there, or nothing. Anything else (EAGAIN: too many wait already; EACCES) is somebody.
        return !(error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ENOENT'].includes(String(error.code)));
      } finally {
        closeSync(fd);
      }
    },
    sendDatagram(address, bytes) {
      const target = address.startsWith('@') ? abstractAddress(address.slice(1)) : unixAddress(address);
      const fd = openSocket(AF.unix, SOCK.datagram);
      try {
        const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
        check(Number(socketCalls.sendto(fd, bytes, bytes.length, flags, target, target.length)), 'sendto');
      } finally {
        closeSync(fd);
      }
    },
  };

  function openSocket(family: number, type: number = SOCK.stream): number {
    const fd = Number(socketCalls.socket(family, type | SOCK.cloexec, 0));
    check(fd, 'socket');
    return fd;
  }

  /** A socket that is closed again where `use` throws. */
  function withSocket(family: number, use: (fd: number) => void): number {
    const fd = openSocket(family);
    try {
      use(fd);
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  function bind(fd: number, address: Buffer): void {
    check(socketCalls.bind(fd, address, address.length), 'bind');
  }

  function setLimit(resource: Resource, { soft, hard }: Limit): void {
    check(setrlimit(RESOURCES[resource], { soft: raw(soft), hard: raw(hard) }), 'setrlimit');
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

/** A struct sockaddr_in. */
function inetAddress(address: string, port: number): Buffer {
  if (!isIPv4(address)) throw new Error(`not an IPv4 address: ${address}`);
  const bytes = Buffer.alloc(16);
  familyOf(AF.inet).copy(bytes);
  bytes.writeUInt16BE(port, 2);
  bytes.set(address.split('.').map(Number), 4);
  return bytes;
}

/** A struct sockaddr_un with a path. */
function unixAddress(path: string): Buffer {
  return socketName(Buffer.from(`${path}\0`), path);
}

/** The same for a name in the abstract namespace: a zero in front, none behind, and the length tells where it ends. */
function abstractAddress(name: string): Buffer {
  return socketName(Buffer.from(`\0${name}`), name);
}

function socketName(bytes: Buffer, shown: string): Buffer {
  if (bytes.length > PATH_ROOM) {
    throw Object.assign(new Error(`the path is longer than ${PATH_ROOM - 1} bytes: ${shown}`), {
      code: 'ENAMETOOLONG',
    });
  }
  return Buffer.concat([familyOf(AF.unix), bytes]);
}

/** Both architectures that are known here are little-endian. */
function familyOf(family: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(family);
  return bytes;
}
