import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FcgiSocket, FcgiValues } from '../../../../../plugins/programs/fcgi/index.ts';
import { SharedSocket, type SocketCalls } from '../../../../../plugins/programs/fcgi/shared-socket.ts';

let directory: string;
let did: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-fcgi-'));
  did = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Calls that open files in the place of sockets. */
function fakeCalls(failure?: Error): SocketCalls {
  const open = (what: string, path: string): number => {
    did.push(what);
    if (failure !== undefined) throw failure;
    return openSync(path, 'a');
  };
  return {
    listenTcp: (address, port, backlog) => open(`tcp ${address} ${port} ${backlog}`, '/dev/null'),
    listenUnix: (path, backlog) => open(`unix ${backlog}`, path),
    isListening: () => false,
  };
}

const KEEPS_NOTHING = { hold: () => undefined, takeOver: () => undefined };

function shared(socket: FcgiSocket, options: Partial<FcgiValues> = {}, calls = fakeCalls()): SharedSocket {
  const values = { socket, socket_owner: undefined, socket_mode: undefined, socket_backlog: undefined, ...options };
  const addressOf = (host: string): string => {
    if (host === 'lost') throw new Error('ENOTFOUND');
    return '10.0.0.1';
  };
  return new SharedSocket(values, { calls: () => calls, addressOf, log: (text) => did.push(text), ...KEEPS_NOTHING });
}

const TCP: FcgiSocket = { kind: 'tcp', url: 'tcp://web:9000', host: 'web', port: 9000 };

test('a socket is opened once, whoever asks, and closed once', () => {
  const socket = shared(TCP);
  const fd = socket.open();
  expect(socket.open()).toBe(fd);
  socket.close();
  socket.close();
  expect(did).toEqual(['Creating socket tcp://web:9000', 'tcp 10.0.0.1 9000 4096', 'Closing socket tcp://web:9000']);
  expect(() => closeSync(fd)).toThrow('EBADF');
});

test('a socket that was closed can be opened again', () => {
  const socket = shared(TCP, { socket_backlog: 7 });
  socket.open();
  socket.close();
  socket.open();
  expect(did.filter((what) => what === 'tcp 10.0.0.1 9000 7')).toHaveLength(2);
  socket.close();
});

test('a socket that could not be opened is not closed, and is tried again', () => {
  const socket = shared(TCP, {}, fakeCalls(new Error('bind: EADDRINUSE')));
  for (let n = 0; n < 2; n += 1) {
    expect(() => socket.open()).toThrow('cannot listen on tcp://web:9000: bind: EADDRINUSE');
  }
  socket.close();
  expect(did).not.toContain('Closing socket tcp://web:9000');
});

test('a unix socket whose file somebody has removed is made again for the next process', () => {
  const path = join(directory, 's.sock');
  const socket = shared({ kind: 'unix', url: `unix://${path}`, path }, { socket_mode: 0o660 });
  socket.open();
  unlinkSync(path);
  socket.open();
  expect(did.filter((what) => what === 'unix 4096')).toHaveLength(2);
  expect([statSync(path).mode & 0o777, readdirSync(directory)]).toEqual([0o660, ['s.sock']]);
  socket.close();
  expect(readdirSync(directory)).toEqual([]);
});

test('a host without an address is said to have none', () => {
  const socket = shared({ ...TCP, host: 'lost' });
  expect(() => socket.open()).toThrow('cannot listen on tcp://web:9000: no address for its host: ENOTFOUND');
});

test('where the system calls are missing, the start says so', () => {
  const socket = new SharedSocket(
    { socket: TCP, socket_owner: undefined, socket_mode: undefined, socket_backlog: undefined },
    {
      calls: () => {
        throw new Error('no koffi');
      },
      addressOf: () => '10.0.0.1',
      log: () => undefined,
      ...KEEPS_NOTHING,
    },
  );
  expect(() => socket.open()).toThrow('fcgi-programs need system calls that are not available here: no koffi');
});

test.each([
  { socket_mode: undefined, mode: 0o700 },
  { socket_mode: 0o666, mode: 0o666 },
])('a unix socket gets its mode before anybody can connect: $socket_mode', ({ socket_mode, mode }) => {
  const path = join(directory, 's');
  const socket = shared({ kind: 'unix', url: `unix://${path}`, path }, { socket_mode });
  socket.open();
  expect(statSync(path).mode & 0o7777).toBe(mode);
  socket.close();
});

test('a file that somebody put in the place of a socket is left alone', () => {
  const path = join(directory, 's');
  const socket = shared({ kind: 'unix', url: `unix://${path}`, path });
  socket.open();
  rmSync(path);
  writeFileSync(`${path}.new`, 'precious');
  writeFileSync(path, 'precious');
  socket.close();
  expect(statSync(path).size).toBe(8);
});
