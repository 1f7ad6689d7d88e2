import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { BUDGETS } from '../../../../../plugins/control/http/budgets.ts';
import { Connections } from '../../../../../plugins/control/http/connections.ts';
import { FakeClock } from '../../../../../core/testing/index.ts';

class FakeSocket extends EventEmitter {
  destroyed = false;
  setKeepAlive(): void {}
  setTimeout(): void {}
  said = '';
  end(text: string, then: () => void): void {
    this.said = text;
    then();
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

class FakeResponse extends EventEmitter {
  writableEnded = false;
  writableLength = 0;
  timedOut: () => void = () => undefined;
  setTimeout(_: number, callback: () => void): void {
    this.timedOut = callback;
  }
}

/** Connections of a server that only exists as far as they look at it. */
function underTest(limits = {}, hasDescriptor = () => true) {
  const clock = new FakeClock();
  const server = Object.assign(new EventEmitter(), { close: (done: () => void) => done() });
  // The parts of a server that are used; a real one would need a socket.
  const connections = new Connections(server as unknown as Server, {
    clock,
    budgets: { ...BUDGETS, ...limits },
    hasDescriptor,
  });
  return {
    clock,
    connections,
    connect: (): FakeSocket => {
      const socket = new FakeSocket();
      server.emit('connection', socket);
      return socket;
    },
    request: (socket: FakeSocket, headers = {}) => {
      const request = Object.assign(new EventEmitter(), {
        socket,
        headers,
        complete: false,
        destroy: () => socket.destroy(),
      });
      const response = new FakeResponse();
      connections.track(request as unknown as IncomingMessage, response as unknown as ServerResponse);
      return { request, response };
    },
  };
}

test('a client that sends no request is cut off after a minute', () => {
  const { clock, connect } = underTest();
  const socket = connect();
  clock.advance(59_999);
  expect(socket.destroyed).toBe(false);
  clock.advance(1);
  expect(socket.destroyed).toBe(true);
});

test('a connection between two requests costs no timer and may wait for days', () => {
  const { clock, connect, request } = underTest();
  const socket = connect();
  const { request: first, response } = request(socket);
  first.complete = true;
  response.emit('close');
  expect(clock.pending).toBe(0);
  clock.advance(7 * 86_400_000);
  expect(socket.destroyed).toBe(false);
});

test('a body has a minute to arrive, even where nobody reads it', () => {
  const { clock, connect, request } = underTest();
  const socket = connect();
  const { response } = request(socket, { 'content-length': '1000' });
  response.emit('close');
  clock.advance(60_000);
  expect(socket.destroyed).toBe(true);
});

test('an answer that takes long is waited for, one that nobody takes is not', () => {
  const { clock, connect, request } = underTest();
  const socket = connect();
  const { request: call, response } = request(socket, { 'content-length': '10' });
  call.emit('end');
  expect(clock.pending).toBe(0);
  response.timedOut();
  expect(socket.destroyed).toBe(false);
  response.writableEnded = true;
  response.timedOut();
  expect(socket.destroyed).toBe(true);
});

test('when there are too many connections, the one that was idle longest makes room', () => {
  const { connect, request, connections } = underTest({ connections: 2 });
  const [busy, idle] = [connect(), connect()];
  request(busy);
  connect();
  expect([busy.destroyed, idle.destroyed]).toEqual([false, true]);
  expect(connections.size).toBe(2);
});

test('a client that sends requests without end ahead of their answers is cut off', () => {
  const { connect, request } = underTest({ pipelined: 3 });
  const socket = connect();
  for (let sent = 0; sent < 3; sent += 1) request(socket);
  expect(socket.destroyed).toBe(false);
  request(socket);
  expect(socket.destroyed).toBe(true);
});

test('closing waits for answers under way, but not for long', async () => {
  const { clock, connect, request, connections } = underTest();
  const [quick, stuck] = [connect(), connect()];
  const { response } = request(quick);
  request(stuck);
  let isClosed = false;
  const closed = connections.close().then(() => (isClosed = true));
  response.emit('close');
  await Promise.resolve();
  expect(isClosed).toBe(false);
  clock.advance(2_000);
  await closed;
  expect([quick.destroyed, stuck.destroyed]).toEqual([true, true]);
  expect(clock.pending).toBe(0);
});

test('a stream whose client takes nothing of what waits for it is cut off; one with nothing to send is not', () => {
  const { connect, request } = underTest();
  const socket = connect();
  const { response } = request(socket);
  response.timedOut();
  expect(socket.destroyed).toBe(false);
  response.writableLength = 65_536;
  response.timedOut();
  expect(socket.destroyed).toBe(true);
});

test('where no connection is idle, a new one is turned away and told why', () => {
  const { connect, request, connections } = underTest({ connections: 1 });
  const busy = connect();
  request(busy);
  const late = connect();
  expect([busy.destroyed, late.destroyed, connections.size]).toEqual([false, true, 1]);
  expect(late.said).toMatch(/^HTTP\/1\.1 503 Service Unavailable: too many connections/);
});

test('without a descriptor for it a new connection is turned away', () => {
  const { connect, connections, clock } = underTest({}, () => false);
  expect([connect().destroyed, connections.size, clock.pending]).toEqual([true, 0, 0]);
});
