import { describe, expect, test } from 'vitest';
import { groupConfig, processConfig, Supervisor, supervisorConfig } from '../../../../core/index.ts';
import { EventListenerPlugin } from '../../../../plugins/eventlistener/index.ts';
import { LoggingPlugin, type StdinResult } from '../../../../plugins/logging/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeSpawner } from '../../../support/fake-spawner.ts';

/** A supervisor with one listener, where the test holds the ends of its pipes. Logging is not applied, only its hooks are. */
async function withListener(events: readonly string[]) {
  const clock = new FakeClock();
  const spawner = new FakeSpawner();
  const listener = groupConfig({
    kind: 'eventlistener',
    priority: -1,
    options: { events, buffer_size: 2 },
    processes: [processConfig({ name: 'lis', command: '/bin/true', startsecs: 0 })],
  });
  const supervisor = new Supervisor({
    config: supervisorConfig({ groups: [listener] }),
    clock,
    spawner,
    plugins: [new EventListenerPlugin()],
  });
  const logging = LoggingPlugin.getHooks(supervisor);
  const sent: string[] = [];
  let takes: StdinResult = 'queued';
  logging.stdin.tap('test', (_, bytes) => {
    if (takes === 'queued') sent.push(Buffer.from(bytes).toString());
    return takes;
  });
  const lines: string[] = [];
  logging.log.tap('test', (level, text) => lines.push(`${level} ${text}`));
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
    hooks: EventListenerPlugin.getHooks(supervisor),
    logging,
    sent,
    lines,
    view,
    stdin: (result: StdinResult) => (takes = result),
    says: (text: string, channel: 'stdout' | 'stderr' = 'stdout') =>
      logging.output.call(view(), channel, Buffer.from(text)),
    remote: (data: string) => supervisor.events.emit('remote:communication', { type: 't', data }),
  };
}

test('what a listener writes to stderr is not the protocol', async () => {
  const { says, hooks, view } = await withListener(['TICK']);
  says('a warning\n', 'stderr');
  says('READY\n');
  expect(hooks.listenerState.call(view())).toEqual({ state: 'READY', why: undefined });
});

test('its stdout is kept from capture and from PROCESS_LOG, its stderr is not', async () => {
  const { logging, view } = await withListener(['PROCESS_LOG']);
  expect(logging.protocol.call(view(), 'stdout')).toBe(true);
  expect(logging.protocol.call(view(), 'stderr')).toBeUndefined();
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
  const { supervisor, clock, says, sent, spawner, hooks } = await withListener(['EVENT']);
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
  expect(hooks.poolState.call('lis')).toBeUndefined();
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
  const { hooks, view } = await withListener(['EVENT']);
  expect(hooks.poolState.call('web')).toBeUndefined();
  expect(hooks.listenerState.call({ ...view(), group: 'web', name: 'web' })).toBeUndefined();
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
