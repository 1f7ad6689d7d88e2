import { isIPv6, type Socket } from 'node:net';

/** Returns the user at the other end of a unix socket; `undefined` if the system calls are missing. */
export type PeerUid = (fd: number) => number | undefined;

/**
 * The identity by which wrong passwords are counted: an IPv4 address; the /64 of an IPv6 address, because one machine
 * has all of it; or the user at the other end of a unix socket.
 */
export function clientIdentity(socket: Socket, peerUid: PeerUid): string {
  const { remoteAddress } = socket;
  if (remoteAddress !== undefined) return addressOf(remoteAddress);
  const fd = descriptorOf(socket);
  const uid = fd === undefined ? undefined : peerUid(fd);
  return uid === undefined ? 'the unix socket' : `uid ${uid}`;
}

/** `::ffff:192.0.2.7` → `192.0.2.7`, `2001:db8::7` → `2001:db8:0:0::/64`. */
export function addressOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  // A local user may use every address of 127.0.0.0/8.
  if (plain === '::1' || plain.startsWith('127.')) return '127.0.0.1';
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}

/** Node has no public name for the descriptor of a socket. */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = '_handle' in socket ? socket._handle : undefined;
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return undefined;
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined;
}
