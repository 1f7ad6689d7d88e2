import { closeSync, fchmodSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { codeOf } from '../errors.ts';
import type { Libc } from './libc.ts';

export interface SocketCalls {
  /**
   * Opens a socket that listens on an IPv4 address, for children to accept from. libuv does not know it, because
   * libuv's sockets accept by themselves. Close it with `fs.closeSync`.
   */
  listenTcp(address: string, port: number, backlog: number): number;
  /**
   * The same for a unix socket, at a path where nothing exists. Only its owner may connect until its mode is changed.
   */
  listenUnix(path: string, backlog: number): number;
  /** Whether a process listens on a unix socket. Does not wait. */
  isListening(path: string): boolean;
  /**
   * Sends one datagram to a unix socket: a path, or `@name` in the abstract namespace. Does not wait: throws EAGAIN if
   * the receiver's buffer is full.
   */
  sendDatagram(address: string, bytes: Uint8Array): void;
  /** The user at the other end of a unix socket when it connected; `undefined` if the system does not report it. */
  peerUid(fd: number): number | undefined;
}

/** Linux numbers of what sockets are made with. */
const AF = { unix: 1, inet: 2 } as const;
const SOCK = { stream: 1, datagram: 2, nonblock: 0o4000, cloexec: 0o2000000 } as const;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_PEERCRED = 17;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Room for a path in sockaddr_un, the final zero included. */
const PATH_ROOM = 108;

export function socketCalls({ func, check }: Libc): SocketCalls {
  const calls = {
    socket: func('int socket(int domain, int type, int protocol)'),
    setsockopt: func('int setsockopt(int fd, int level, int name, const void *value, uint32_t size)'),
    getsockopt: func('int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *size)'),
    bind: func('int bind(int fd, const void *address, uint32_t size)'),
    connect: func('int connect(int fd, const void *address, uint32_t size)'),
    listen: func('int listen(int fd, int backlog)'),
    sendto: func(
      'long sendto(int fd, const void *bytes, size_t size, int flags, const void *address, uint32_t length)',
    ),
  };

  return {
    listenTcp: (address, port, backlog) =>
      withSocket(AF.inet, (fd) => {
        // As every server does. Otherwise recently closed connections would block a restart on the same port.
        check(calls.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, Int32Array.of(1), 4), 'setsockopt');
        bind(fd, inetAddress(address, port));
        check(calls.listen(fd, backlog), 'listen');
      }),
    listenUnix: (path, backlog) =>
      withSocket(AF.unix, (fd) => {
        // Linux creates the file with the mode of the socket, so others can never connect in between.
        fchmodSync(fd, 0o600);
        bind(fd, unixAddress(path));
        check(calls.listen(fd, backlog), 'listen');
      }),
    isListening(path) {
      const address = unixAddress(path);
      const fd = openSocket(AF.unix, SOCK.stream | SOCK.nonblock);
      try {
        check(calls.connect(fd, address, address.length), 'connect');
        return true;
      } catch (error) {
        // Nobody listens, or nothing is there. Any other error (EAGAIN: backlog full; EACCES) means that somebody
        // listens.
        return !['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? '');
      } finally {
        closeSync(fd);
      }
    },
    sendDatagram(address, bytes) {
      const target = address.startsWith('@') ? abstractAddress(address.slice(1)) : unixAddress(address);
      const fd = openSocket(AF.unix, SOCK.datagram);
      try {
        const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
        check(Number(calls.sendto(fd, bytes, bytes.length, flags, target, target.length)), 'sendto');
      } finally {
        closeSync(fd);
      }
    },
    peerUid(fd) {
      const credentials = Buffer.alloc(12); // struct ucred: pid, uid, gid
      const result = Number(calls.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, [credentials.length]));
      return result === 0 ? credentials.readUInt32LE(4) : undefined;
    },
  };

  function openSocket(family: number, type: number = SOCK.stream): number {
    const fd = Number(calls.socket(family, type | SOCK.cloexec, 0));
    check(fd, 'socket');
    return fd;
  }

  /** Opens a socket, and closes it if `use` throws. */
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
    check(calls.bind(fd, address, address.length), 'bind');
  }
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

/**
 * The same for a name in the abstract namespace: it begins with a zero byte, has none at its end, and the length marks
 * its end.
 */
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

/** Both supported architectures are little-endian. */
function familyOf(family: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(family);
  return bytes;
}
