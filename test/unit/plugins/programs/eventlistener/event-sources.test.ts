import { beforeEach, describe, expect, test } from 'vitest';
import type { ProcessView } from '../../../../../core/index.ts';
import { AutorestartPlugin } from '../../../../../plugins/policy/autorestart/index.ts';
import type { EventName } from '../../../../../plugins/programs/eventlistener/options.ts';
import type { Channel } from '../../../../../plugins/programs/eventlistener/payload.ts';
import { Pool } from '../../../../../plugins/programs/eventlistener/pool.ts';
import { Pools } from '../../../../../plugins/programs/eventlistener/pools.ts';
import { OutputEvents, publishEvents } from '../../../../../plugins/programs/eventlistener/event-sources.ts';
import type { LoggingPorts } from '../../../../../plugins/programs/eventlistener/logging-ports.ts';
import { stage, type Stage } from '../../../../../core/testing/index.ts';

type Listen = (process: ProcessView, channel: Channel, bytes: Uint8Array) => void;

/** A supervisor of one program, and what a listener with these subscriptions is told. */
async function told(events: readonly EventName[], name = 'p', { startsecs = 0 } = {}) {
  const pools = new Pools();
  const plugin = {
    name: 'eventlistener',
    apply: (supervisor: Stage['supervisor']) => publishEvents(supervisor, pools, 'test'),
  };
  const pool = manyListeners();
  pools.add('lis', pool.pool, events);
  const options = { startretries: 1 };
  const on = await stage([{ name, startsecs, options }], [plugin, new AutorestartPlugin()]);
  const taps: { logged?: Listen; captured?: Listen } = {};
  const wire: LoggingPorts = {
    onOutput: () => undefined,
    onLogged: (listen) => void (taps.logged = listen),
    onCaptured: (listen) => void (taps.captured = listen),
    keepsProtocol: () => undefined,
    send: () => 'closed',
    log: () => undefined,
  };
  new OutputEvents(on.supervisor, pools, wire, 'test').listen();
  return { ...on, process: () => on.process(), taps, told: pool.told };
}

/** A pool of so many listeners that each gets one event only. */
function manyListeners() {
  const told: string[][] = [];
  const pool = new Pool({
    name: 'lis',
    server: 's',
    bufferSize: 1,
    judge: () => true,
    report: () => undefined,
    changed: () => undefined,
  });
  for (let n = 0; n < 50; n += 1) {
    const send = (bytes: Uint8Array): 'queued' => {
      const [, type = '', body = ''] = /eventname:(\S+) [^\n]*\n([^]*)$/.exec(Buffer.from(bytes).toString()) ?? [];
      told.push([type, body]);
      return 'queued';
    };
    pool.join({ name: `l${n}`, canReceive: () => true, send });
    pool.received(`l${n}`, Buffer.from('READY\n'));
  }
  return { pool, told };
}

const BY = { by: 'client' } as const;

describe('changes of state are told as', () => {
  const pre = 'processname:p groupname:p from_state:';

  test('a start and a stop', async () => {
    const { process, spawner, told: events } = await told(['PROCESS_STATE']);
    await process().start(BY).done;
    const stop = process().stop(BY);
    await stop.issued;
    spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
    await stop.done;
    expect(events).toEqual([
      ['PROCESS_STATE_STARTING', `${pre}STOPPED tries:0`],
      ['PROCESS_STATE_RUNNING', `${pre}STARTING pid:1000`],
      ['PROCESS_STATE_STOPPING', `${pre}RUNNING pid:1000`],
      ['PROCESS_STATE_STOPPED', `${pre}STOPPING pid:1000`],
    ]);
  });

  test.each([
    { code: 0, expected: 1 },
    { code: 3, expected: 0 },
  ])('an exit with code $code', async ({ code, expected }) => {
    const { process, spawner, told: events } = await told(['PROCESS_STATE_EXITED']);
    await process().start(BY).done;
    spawner.last.exit({ kind: 'code', code });
    expect(events).toEqual([['PROCESS_STATE_EXITED', `${pre}RUNNING expected:${expected} pid:1000`]]);
  });

  test('an exit before the restart that it causes', async () => {
    const { process, spawner, clock, told: events } = await told(['PROCESS_STATE'], 'p', { startsecs: 1 });
    void process().start(BY);
    clock.advance(5_000);
    spawner.last.exit({ kind: 'code', code: 1 });
    expect(events.slice(2)).toEqual([
      ['PROCESS_STATE_EXITED', `${pre}RUNNING expected:0 pid:1000`],
      ['PROCESS_STATE_STARTING', `${pre}EXITED tries:0`],
    ]);
  });

  test('starts that fail', async () => {
    const { process, spawner, clock, told: events } = await told(['PROCESS_STATE'], 'p', { startsecs: 5 });
    void process().start(BY);
    spawner.last.exit({ kind: 'code', code: 1 });
    clock.advance(1_000);
    spawner.last.exit({ kind: 'code', code: 1 });
    expect(events).toEqual([
      ['PROCESS_STATE_STARTING', `${pre}STOPPED tries:0`],
      ['PROCESS_STATE_BACKOFF', `${pre}STARTING tries:1`],
      ['PROCESS_STATE_STARTING', `${pre}BACKOFF tries:1`],
      ['PROCESS_STATE_BACKOFF', `${pre}STARTING tries:2`],
      ['PROCESS_STATE_FATAL', `${pre}BACKOFF`],
    ]);
  });

  test('a process that cannot be signalled', async () => {
    const { process, spawner, told: events } = await told(['PROCESS_STATE_UNKNOWN']);
    await process().start(BY).done;
    spawner.last.refusal = new Error('EPERM');
    await process().stop(BY).done;
    expect(events).toEqual([['PROCESS_STATE_UNKNOWN', `${pre}STOPPING`]]);
  });
});

test('the supervisor tells that it runs before its programs are started, and that it stops before they are stopped', async () => {
  const { supervisor, told: events } = await told(['SUPERVISOR_STATE_CHANGE', 'PROCESS_STATE_STOPPING']);
  await supervisor.shutdown();
  expect(events).toEqual([
    ['SUPERVISOR_STATE_CHANGE_RUNNING', ''],
    ['SUPERVISOR_STATE_CHANGE_STOPPING', ''],
  ]);
});

test('groups that come and go are told with a line end', async () => {
  const { supervisor, told: events } = await told(['PROCESS_GROUP']);
  supervisor.removeGroup('p');
  await supervisor.addGroup('p', BY);
  expect(events).toEqual([
    ['PROCESS_GROUP_ADDED', 'groupname:p\n'],
    ['PROCESS_GROUP_REMOVED', 'groupname:p\n'],
    ['PROCESS_GROUP_ADDED', 'groupname:p\n'],
  ]);
});

test('a remote communication is told as it was sent', async () => {
  const { supervisor, told: events } = await told(['REMOTE_COMMUNICATION']);
  supervisor.events.emit('remote:communication', { type: 'sometype', data: 'some data\nin lines' });
  expect(events).toEqual([['REMOTE_COMMUNICATION', 'type:sometype\nsome data\nin lines']]);
});

describe('output', () => {
  let on: Awaited<ReturnType<typeof told>>;
  const write = (text: string | Uint8Array, channel: Channel = 'stdout') =>
    on.taps.logged?.(on.process().view, channel, Buffer.from(text));

  beforeEach(async () => {
    on = await told(['PROCESS_LOG_STDOUT', 'PROCESS_COMMUNICATION']);
    await on.process().start(BY).done;
  });

  test('is told with its process and channel, if that was subscribed to', () => {
    write('to stdout\n');
    write('to stderr\n', 'stderr');
    expect(on.told).toEqual([['PROCESS_LOG_STDOUT', 'processname:p groupname:p pid:1000 channel:stdout\nto stdout\n']]);
  });

  test('between the tags of a capture is told as communication', () => {
    on.taps.captured?.(on.process().view, 'stderr', Buffer.from('captured\ntext'));
    expect(on.told).toEqual([['PROCESS_COMMUNICATION_STDERR', 'processname:p groupname:p pid:1000\ncaptured\ntext']]);
  });

  test('that ends within a character is told when the character is whole', () => {
    const smile = Buffer.from('😀');
    write(smile.subarray(0, 1));
    write(smile.subarray(1, 3));
    write(Buffer.concat([smile.subarray(3), Buffer.from('!\n')]));
    expect(on.told.map(([, body]) => body?.split('\n')[1])).toEqual(['😀!']);
  });

  test('that ends within a character for good is told at the end', () => {
    write(Buffer.from([0x41, 0xc3]));
    on.spawner.last.exit();
    expect(on.told.map(([, body]) => body?.split('\n')[1])).toEqual(['A', String.raw`Undecodable: b'\xc3'`]);
  });
});

test('nobody listens to output that nobody subscribed to', async () => {
  const { taps } = await told(['PROCESS_STATE', 'TICK']);
  expect(taps).toEqual({});
});
