import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type Server } from 'node:net';
import { reasonOf } from '../../../core/index.ts';
import { httpError } from './errors.ts';
import type { InetServerSettings } from './server-settings.ts';

/** Where a TCP server is going to listen. */
export interface TcpAddress {
  /** An IP address; `undefined` for all of this machine's. */
  readonly ip: string | undefined;
  readonly port: number;
  /** Only programs of this machine can reach it. */
  readonly isLoopback: boolean;
}

/** Resolves the IP address first: the spelling of a name does not decide whether it is the loopback. */
export async function resolveAddress({ host, port }: InetServerSettings): Promise<TcpAddress> {
  const ip = await ipOf(host, port);
  return { ip, port, isLoopback: ip !== undefined && isLoopback(ip) };
}

/** `inherited`: a socket that listens already. @throws TSV_HTTP_IN_USE, TSV_HTTP_LISTEN */
export function listenTcp(server: Server, { ip, port }: TcpAddress, inherited?: number): Promise<void> {
  const address = `${ip ?? '*'}:${port}`;
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(
        error.code === 'EADDRINUSE'
          ? httpError('TSV_HTTP_IN_USE', [address], error)
          : httpError('TSV_HTTP_LISTEN', [address, reasonOf(error)], error),
      );
    server.once('error', failed);
    const where = inherited === undefined ? { port, ...(ip !== undefined && { host: ip }) } : { fd: inherited };
    server.listen(where, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** IPv4 first, the only one that Supervisor's clients know. */
async function ipOf(host: string, port: number): Promise<string | undefined> {
  const name = host.replace(/^\[(.*)\]$/, '$1');
  if (name === '') return undefined;
  if (isIP(name) !== 0) return name;
  try {
    const found = await lookup(name, { all: true });
    return (found.find(({ family }) => family === 4) ?? found[0])?.address;
  } catch (error) {
    throw httpError('TSV_HTTP_LISTEN', [`${host}:${port}`, reasonOf(error)], error);
  }
}

function isLoopback(ip: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}
