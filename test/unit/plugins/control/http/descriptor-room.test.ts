import { expect, test } from 'vitest';
import { mayOpen, reserveOf } from '../../../../../core/index.ts';
import type { Connections } from '../../../../../plugins/control/http/connections.ts';
import { DescriptorRoom } from '../../../../../plugins/control/http/descriptor-room.ts';

/** A process with a limit of 256, whose reserve is 32, and its connections. */
function underTest(others: number) {
  const machine = { limit: 256, others };
  const fake = (idle: number, busy: number) => {
    const open = { idle, busy };
    const drop = (kind: 'idle' | 'busy'): boolean => {
      if (open[kind] === 0) return false;
      open[kind] -= 1;
      return true;
    };
    const dropBusy = (): boolean => drop('idle') || drop('busy');
    const connections = { dropIdle: () => drop('idle'), dropBusy, size: 0 };
    Object.defineProperty(connections, 'size', { get: () => open.idle + open.busy });
    // The parts of a server's connections that are used; a real one would need sockets.
    return { open, connections: connections as unknown as Connections };
  };
  const network = fake(0, 0);
  const local = fake(0, 0);
  const reports: string[] = [];
  const room = new DescriptorRoom({
    fewConnections: 2,
    report: (is) => reports.push(is),
    count: () => ({
      limit: machine.limit,
      free: machine.limit - machine.others - network.connections.size - local.connections.size,
    }),
  });
  room.add('inet', network.connections);
  room.add('unix', local.connections);
  return { machine, network, local, room, reports };
}

test('the reserve is an eighth of the limit, at least 16 and at most 64', () => {
  expect([64, 256, 1_024, Infinity].map(reserveOf)).toEqual([16, 32, 64, 64]);
  const count = { limit: 256, free: 20 };
  expect((['network', 'programs', 'few', 'control'] as const).map((use) => mayOpen(use, 1, count))).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

test('connections over TCP stop at the reserve, and idle ones make room for new ones', () => {
  const { network, room, reports } = underTest(190);
  network.open.busy = 30;
  expect(room.admit('inet', network.connections)).toBe(true);
  network.open.busy = 40;
  expect(room.admit('inet', network.connections)).toBe(false);
  Object.assign(network.open, { idle: 3, busy: 32 });
  expect(room.admit('inet', network.connections)).toBe(true);
  expect(network.open).toEqual({ idle: 2, busy: 32 });
  expect(reports).toEqual(['scarce']);
});

test('a unix socket takes the places of TCP connections, idle ones first, until there is enough for it', () => {
  const { network, local, room } = underTest(200);
  Object.assign(network.open, { idle: 2, busy: 52 });
  local.open.busy = 1;
  expect(room.admit('unix', local.connections)).toBe(true);
  expect(network.open).toEqual({ idle: 0, busy: 51 });
  expect(local.open.busy).toBe(1);
});

test('programs take the places of connections, but not of requests that came by a unix socket', () => {
  const { machine, network, local, room } = underTest(208);
  Object.assign(network.open, { idle: 10, busy: 10 });
  Object.assign(local.open, { idle: 2, busy: 2 });
  room.makeRoomForProgram();
  expect([network.open, local.open]).toEqual([
    { idle: 6, busy: 10 },
    { idle: 2, busy: 2 },
  ]);
  machine.others = 250;
  room.makeRoomForProgram();
  expect([network.open, local.open]).toEqual([
    { idle: 0, busy: 0 },
    { idle: 0, busy: 2 },
  ]);
});

test('where programs have taken all that they may, a few TCP connections still get in', () => {
  const { network, room } = underTest(240);
  expect(room.admit('inet', network.connections)).toBe(true);
  network.open.busy = 2;
  expect(room.admit('inet', network.connections)).toBe(false);
});

test('scarcity is reported once, and so is its end, not at the first free descriptor', () => {
  const { machine, network, room, reports } = underTest(225);
  for (let round = 0; round < 5; round += 1) room.admit('inet', network.connections);
  network.open.busy = 3;
  for (let round = 0; round < 5; round += 1) room.admit('inet', network.connections);
  machine.others = 220;
  room.admit('inet', network.connections);
  expect(reports).toEqual(['scarce']);
  machine.others = 100;
  for (let round = 0; round < 5; round += 1) room.admit('inet', network.connections);
  expect(reports).toEqual(['scarce', 'enough']);
});
