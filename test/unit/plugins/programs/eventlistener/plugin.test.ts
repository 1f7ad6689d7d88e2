import { describe, expect, test } from 'vitest';
import { groupConfig, Observers, processConfig, Supervisor, supervisorConfig } from '../../../../../core/index.ts';
import { EventListenerPlugin, listenerService } from '../../../../../plugins/programs/eventlistener/index.ts';
import {
  LoggingPlugin,
  loggingService,
  type OutputListener,
  type StdinResult,
} from '../../../../../plugins/output/logging/index.ts';
import { FakeClock, FakeSpawner } from '../../../../../core/testing/index.ts';
import { fakeLogging } from '../../../../support/logging.ts';

/** A supervisor with one listener, where the test holds the ends of its pipes. The plugin logging is not enabled; the test is in its place. */
async function withListener(
  events: readonly string[],
  {
    exact = true,
    startsecs = 0,
    program = {},
  }: { exact?: boolean; startsecs?: number; program?: Record<string, unknown> } = {},
) {
  const clock = new FakeClock();
  const spawner = new FakeSpawner();
  const listener = groupConfig({
    kind: 'eventlistener',
    priority: -1,
    options: { events, buffer_size: 2 },
    processes: [processConfig({ name: 'lis', command: '/bin/true', startsecs, options: program })],
  });
  const supervisor = new Supervisor({
    config: supervisorConfig({ groups: [listener] }),
    clock,
    spawner,
    plugins: [new EventListenerPlugin({ exact })],
  });
  const sent: string[] = [];
  let takes: StdinResult = 'queued';
  const lines: string[] = [];
  const output = new Observers<Parameters<OutputListener>>(supervisor.events, 'output');
  const logging = fakeLogging((level, text) => void lines.push(`${level} ${text}`), {
    stdin(_, bytes) {
      if (takes === 'queued') sent.push(Buffer.from(bytes).toString());
      return takes;
    },
    observe: (what, listener, plugin) => (what === 'output' ? output.add(listener, plugin) : () => undefined),
  });
  supervisor.provide(loggingService, logging);
  await supervisor.start();
  const view = () => {
    const process = supervisor.find('lis');
    if (process === undefined) throw new Error('the listener is gone');
    return process.view;
  };
  return {
    supervisor,
    clock,
    spawner,
    listeners: supervisor.use(listenerService),
    sent,
    lines,
    view,
    stdin: (result: StdinResult) => (takes = result),
    says: (text: string, channel: 'stdout' | 'stderr' = 'stdout') => output.call(view(), channel, Buffer.from(text)),
    remote: (data: string) => supervisor.events.emit('remote:communication', { type: 't', data }),
  };
}

test('what a listener writes to stderr is not the protocol', async () => {
  const { says, listeners, view } = await withListener(['TICK']);
  says('a warning\n', 'stderr');
  says('READY\n');
  expect(listeners?.listenerState(view())).toEqual({ state: 'READY', why: undefined });
});

test('its stdout is kept from capture and from PROCESS_LOG, its stderr is not', async () => {
  const { supervisor, view } = await withListener(['PROCESS_LOG']);
  const { protocol } = LoggingPlugin.getHooks(supervisor);
  expect(protocol.call(view(), 'stdout')).toBe(true);
  expect(protocol.call(view(), 'stderr')).toBeUndefined();
});

test('an idle supervisor whose listeners want no ticks has no timer', async () => {
  const { clock } = await withListener(['PROCESS_STATE']);
  expect(clock.pending).toBe(0);
});

test('ticks come while the supervisor runs, and end with it', async () => {
  const { supervisor, clock, says, sent, spawner } = await withListener(['TICK_5']);
  says('READY\n');
  clock.advance(5_000);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatch(/ eventname:TICK_5 len:15\nwhen:\d{10}$/);
  const shutdown = supervisor.shutdown();
  await new Promise((resolve) => setImmediate(resolve));
  spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
  await shutdown;
  expect(clock.pending).toBe(0);
});

test('a pool that is removed hears no more, and its ticks end', async () => {
  const { supervisor, clock, says, sent, spawner, listeners } = await withListener(['EVENT']);
  const process = supervisor.find('lis');
  says('READY\n');
  const stop = process?.stop({ by: 'client' });
  await stop?.issued;
  spawner.last.exit();
  await stop?.done;
  const before = sent.length;
  supervisor.removeGroup('lis');
  clock.advance(60_000);
  expect(sent).toHaveLength(before);
  expect(clock.pending).toBe(0);
  expect(listeners?.poolState('lis')).toBeUndefined();
});

test('the log has every step of an event, in the words of Supervisor', async () => {
  const { says, stdin, remote, lines } = await withListener(['REMOTE_COMMUNICATION']);
  says('READY\n');
  stdin('closed');
  remote('x');
  stdin('queued');
  lines.splice(0);
  remote('y'); // offers the first one again
  says('RESULT 4\nFAIL');
  says('READY\n');
  says('RESULT 2\nOK');
  expect(lines.filter((line) => !line.includes(' -> '))).toEqual([
    'DEBG event 0 sent to listener lis',
    'WARN lis: event was rejected',
    'DEBG rebuffering event 0 for pool lis (buf size=1, max=2)',
    'DEBG event 0 sent to listener lis',
    'DEBG lis: event was processed',
  ]);
});

test('a listener that has closed its stdin is in the log at level debug', async () => {
  const { says, stdin, remote, lines } = await withListener(['REMOTE_COMMUNICATION']);
  says('READY\n');
  stdin('closed');
  remote('x');
  expect(lines).toContain('DEBG epipe occurred while sending event 0 to listener lis, listener state unchanged');
});

test('an event that is too large for a stdin is dropped, with a line in the log', async () => {
  const { says, stdin, remote, lines, sent } = await withListener(['REMOTE_COMMUNICATION']);
  says('READY\n');
  stdin('full');
  remote('x'.repeat(10));
  stdin('queued');
  remote('small');
  expect(lines).toContain(
    'ERRO pool lis: event 0 (REMOTE_COMMUNICATION, 17 characters) is too large to be sent, discarding it',
  );
  expect(sent.map((text) => text.split('\n').at(-1))).toEqual(['small']);
});

test('no pool and no listener is what others are told about other processes', async () => {
  const { listeners, view } = await withListener(['EVENT']);
  expect(listeners?.poolState('web')).toBeUndefined();
  expect(listeners?.listenerState({ ...view(), group: 'web', name: 'web' })).toBeUndefined();
});

describe('a section', () => {
  const check = new EventListenerPlugin().checks.eventlistener;

  test('with the default result handler is fine', () => {
    const values = { events: ['TICK'], result_handler: 'supervisor.dispatchers:default_handler' };
    expect(check(values, new Set(['events', 'result_handler']))).toEqual([]);
  });

  test('that names a Python function is warned about, and told what to do instead', () => {
    const [fault] = check({ events: ['TICK'], result_handler: 'mine:handler' }, new Set(['result_handler']));
    expect(fault).toMatchObject({ option: 'result_handler', severity: 'warning' });
    expect(fault?.message).toContain('EventListenerPlugin.getHooks(supervisor).result.tap');
  });

  test('with redirect_stderr is refused', () => {
    const values = { redirect_stderr: true, result_handler: 'supervisor.dispatchers:default_handler' };
    expect(check(values, new Set(['redirect_stderr']))).toMatchObject([{ option: 'redirect_stderr' }]);
  });
});

describe('a listener that broke the protocol', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const ours = { exact: false } as const;

  test('is ended and started again after a second, and the log and its exit say why', async () => {
    const { says, lines, spawner, clock, view, supervisor } = await withListener(['REMOTE_COMMUNICATION'], ours);
    const verdicts: unknown[] = [];
    supervisor.events.on('process:exited', ({ verdict }) => verdicts.push(verdict));
    says('HELLO\n');
    expect(lines).toContain('WARN lis: is restarted, because it wrote "HELLO\\n" instead of READY');
    expect(spawner.last.signals).toEqual([{ signal: 'SIGTERM', asGroup: false }]);
    spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
    const reason = 'wrote "HELLO\\n" instead of READY; try 1 of 3 in 1 second';
    expect(verdicts).toEqual([{ kind: 'restart', delayMs: 1_000, reason }]);
    clock.advance(1_000);
    await turn();
    expect(view().state).toBe('RUNNING');
    expect(spawner.children).toHaveLength(2);
  });

  test('that ignores its stop signal is killed after stopwaitsecs', async () => {
    const { says, spawner, clock } = await withListener([], ours);
    says('HELLO\n');
    clock.advance(9_999);
    expect(spawner.last.signals).toHaveLength(1);
    clock.advance(1);
    expect(spawner.last.signals.at(-1)).toEqual({ signal: 'SIGKILL', asGroup: false });
    spawner.last.exit({ kind: 'signal', signal: 'SIGKILL' });
    clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  test('again and again waits longer each time, and is given up after startretries', async () => {
    const { says, lines, spawner, clock, view } = await withListener([], ours);
    for (const delay of [1_000, 2_000, 3_000]) {
      says('HELLO\n');
      spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
      const { length } = spawner.children;
      clock.advance(delay - 1);
      await turn();
      expect(spawner.children).toHaveLength(length);
      clock.advance(1);
      await turn();
      expect(spawner.children).toHaveLength(length + 1);
    }
    says('HELLO\n');
    spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
    clock.advance(60_000);
    await turn();
    expect(view().state).toBe('EXITED');
    expect(lines.at(-1)).toContain(
      'gave up restarting it; wrote "HELLO\\n" instead of READY; gave up after 4 failed starts',
    );
    expect(clock.pending).toBe(0);
  });

  test('counts anew once a listener has accepted an event', async () => {
    const { says, remote, spawner, clock, view } = await withListener(['REMOTE_COMMUNICATION'], ours);
    for (let round = 0; round < 6; round += 1) {
      says('READY\n');
      remote('x');
      says('RESULT 2\nOK');
      says('HELLO\n');
      spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
      clock.advance(1_000);
      await turn();
      expect(view().state).toBe('RUNNING');
    }
  });

  test('in its first seconds has failed to start', async () => {
    const { says, spawner, view } = await withListener([], { ...ours, startsecs: 5 });
    says('HELLO\n');
    spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
    expect([view().state, view().tries]).toEqual(['BACKOFF', 1]);
  });

  test.each([
    ['as Supervisor leaves it, under a supervisord.conf', { exact: true }],
    ['with autorestart=false', { exact: false, program: { autorestart: false } }],
  ])('is left deaf %s', async (_, options) => {
    const { says, spawner, clock } = await withListener([], options);
    says('HELLO\n');
    clock.advance(60_000);
    expect(spawner.last.signals).toEqual([]);
  });
});

test('losses are told once a minute, all of them counted', async () => {
  const { remote, lines, clock, listeners } = await withListener(['REMOTE_COMMUNICATION'], { exact: false });
  for (let i = 0; i < 102; i += 1) remote('x');
  const told = () => lines.filter((line) => line.startsWith('ERRO'));
  expect(told()).toEqual(['ERRO pool lis event buffer overflowed, discarding event 0']);
  clock.advance(60_000);
  expect(told()).toHaveLength(2);
  expect(told()[1]).toMatch(/pool lis: 99 more events were discarded in the last minute/);
  expect(listeners?.poolState('lis')).toEqual({ buffered: 2, bufferSize: 2, dropped: 100 });
  clock.advance(60_000);
  expect([told().length, clock.pending]).toEqual([2, 0]);
});

test.each([
  [{ kind: 'code', code: 7 } as const, ' exitstatus:7'],
  [{ kind: 'signal', signal: 'SIGSEGV' } as const, ' signal:SIGSEGV'],
])('an exit is told with %o, but under a supervisord.conf as Supervisor tells it', async (exit, more) => {
  for (const exact of [true, false]) {
    const { supervisor, says, sent } = await withListener(['PROCESS_STATE_EXITED'], { exact });
    says('READY\n');
    const process = { ...supervisor.find('lis')?.view, name: 'cat', group: 'cat', state: 'EXITED' as const, pid: 7 };
    const verdict = { kind: 'leave' } as const;
    // Of a process of another group, as if it were there.
    const told = { process, pid: 7, exit, expected: false, asked: false, livedMs: 1, verdict };
    supervisor.events.emit('process:exited', told as Parameters<typeof supervisor.events.emit<'process:exited'>>[1]);
    const body = `processname:cat groupname:cat from_state:RUNNING expected:0 pid:7${exact ? '' : more}`;
    expect(sent.at(-1)?.split('\n')[1]).toBe(body);
  }
});
