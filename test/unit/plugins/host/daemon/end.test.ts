import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { Supervisor, supervisorConfig, type Plugin, type SupervisorConfig } from '../../../../../core/index.ts';
import { FakeClock, FakeSpawner, settle } from '../../../../../core/testing/index.ts';
import {
  DaemonPlugin,
  daemonService,
  type DaemonOptions,
  type Ending,
} from '../../../../../plugins/host/daemon/index.ts';
import { loggingService } from '../../../../../plugins/output/logging/index.ts';
import { fakeLogging } from '../../../../support/logging.ts';

interface Daemon {
  readonly supervisor: Supervisor;
  readonly clock: FakeClock;
  readonly lines: string[];
  readonly ended: () => { ending: Ending; exitCode: number } | undefined;
}

/** A supervisor with a daemon plugin, not started yet, and what its log is told. */
function daemonWith(
  apply: (supervisor: Supervisor) => void = () => undefined,
  options: Partial<DaemonOptions> = {},
): Daemon {
  let how: { ending: Ending; exitCode: number } | undefined;
  const lines: string[] = [];
  const config: SupervisorConfig = supervisorConfig();
  const daemon = new DaemonPlugin({
    load: async () => config,
    onEnd: (ending, exitCode) => (how = { ending, exitCode }),
    ...options,
  });
  const bad: Plugin = { name: 'bad', apply };
  const clock = new FakeClock();
  const supervisor = new Supervisor({ config, plugins: [daemon, bad], clock, spawner: new FakeSpawner() });
  supervisor.provide(
    loggingService,
    fakeLogging((level, text) => void lines.push(`${level} ${text}`)),
  );
  return { supervisor, clock, lines, ended: () => how };
}

const never = (): Promise<never> => new Promise(() => undefined);
/** As Node does when the signal comes. */
const signal = (name: NodeJS.Signals): boolean => process.emit(name, name);

test.each<[string, (supervisor: Supervisor) => void]>([
  ['nothing', () => undefined],
  [
    'a tap of `shutdown` that throws',
    ({ hooks }) =>
      hooks.shutdown.tap({ name: 'bad', stage: -1_000_000 }, () => {
        throw new Error('boom');
      }),
  ],
  [
    'a listener of `supervisor:state` that throws',
    ({ events }) =>
      void events.on('supervisor:state', () => {
        throw new Error('boom');
      }),
  ],
  [
    'a listener of `daemon:ending` that throws',
    ({ events }) =>
      void events.on('daemon:ending', () => {
        throw new Error('boom');
      }),
  ],
])('SIGTERM ends the daemon, and a client can, beside %s', async (_, apply) => {
  for (const ask of [
    (): unknown => signal('SIGTERM'),
    (supervisor: Supervisor): unknown => supervisor.use(daemonService)?.end('shutdown', { by: 'client' }),
  ]) {
    const { supervisor, ended } = daemonWith(apply);
    await supervisor.start();
    ask(supervisor);
    await settle();
    expect({ state: supervisor.state, ended: ended() }).toEqual({
      state: 'stopped',
      ended: { ending: 'shutdown', exitCode: 0 },
    });
  }
});

test.each<[string, (supervisor: Supervisor) => void]>([
  ['config', ({ hooks }) => hooks.config.tapPromise('bad', never)],
  ['start', ({ hooks }) => hooks.start.tapPromise('bad', never)],
])('SIGTERM ends the daemon within a bound while a tap of %s hangs', async (_, apply) => {
  const { supervisor, clock, ended } = daemonWith(apply);
  const started = supervisor.start().catch((error: unknown) => error);
  await settle();
  signal('SIGTERM');
  await settle();
  clock.advance(2_000);
  await settle();
  expect({ state: supervisor.state, ended: ended()?.ending }).toEqual({ state: 'stopped', ended: 'shutdown' });
  expect(await started).toMatchObject({ code: 'TSV_START_ENDED' });
});

test('no other plugin can stand in for the daemon, or before it', () => {
  const other = (supervisor: Supervisor): void =>
    supervisor.provide(daemonService, { reread: never, plan: never, update: never, end: never, upgrade: never });
  expect(() => daemonWith(other)).toThrow('plugin bad cannot be applied: service daemon is provided already');
});

test('a configuration that is never read keeps no client waiting for more than 3 min', async () => {
  const { supervisor, clock } = daemonWith(undefined, { load: never });
  await supervisor.start();
  const daemon = supervisor.use(daemonService);
  if (daemon === undefined) throw new Error('there is no daemon');
  const asked = [daemon.reread({ by: 'client' }), daemon.plan(), daemon.end('restart', { by: 'client' })];
  const outcomes = Promise.all(asked.map((answer) => answer.catch((error: Error) => error.message)));
  clock.advance(180_000);
  expect(await outcomes).toEqual(
    ['reread', 'plan', 'end'].map((call) => `service daemon did not answer ${call} within 180000 ms`),
  );
  await supervisor.shutdown();
  expect(clock.pending).toBe(0);
});

test('a restart waits until everything is open: what opens late would stand in the way of the next', async () => {
  let open = (): void => undefined;
  const { supervisor, ended } = daemonWith(({ hooks }) =>
    hooks.start.tapPromise('bad', () => new Promise((resolve) => (open = resolve))),
  );
  const started = supervisor.start();
  await settle();
  signal('SIGHUP');
  await settle();
  expect(supervisor.state).toBe('starting');
  open();
  await started;
  await settle();
  expect(ended()).toEqual({ ending: 'restart', exitCode: 0 });
});

test('a broken configuration refuses the restart, in the log and for a client; the supervisor runs on', async () => {
  const refusal = new Error('a.conf:3: no');
  const { supervisor, lines, ended } = daemonWith(undefined, { load: () => Promise.reject(refusal) });
  await supervisor.start();
  signal('SIGHUP');
  await settle();
  expect(lines).toContain('ERRO not restarted: a.conf:3: no');
  await expect(supervisor.use(daemonService)?.end('restart', { by: 'client' })).rejects.toBe(refusal);
  expect({ state: supervisor.state, ended: ended() }).toEqual({ state: 'running', ended: undefined });
  expect(lines.filter((line) => line.includes('plugin'))).toEqual([]); // a refusal is no fault of a plugin
  await supervisor.shutdown();
});

test('SIGHUP during a shutdown is ignored with a line, SIGTERM during a restart is obeyed', async () => {
  const { supervisor, clock, lines, ended } = daemonWith(({ hooks }) => hooks.shutdown.tapPromise('bad', never));
  await supervisor.start();
  signal('SIGHUP');
  await settle();
  expect(supervisor.state).toBe('stopping');
  signal('SIGTERM');
  signal('SIGHUP');
  await settle();
  expect(lines.slice(-3)).toEqual([
    'WARN received SIGHUP indicating restart request',
    'WARN received SIGTERM indicating exit request',
    'WARN ignored SIGHUP indicating restart request (shutdown in progress)',
  ]);
  clock.advance(10_000);
  await settle();
  expect(ended()).toEqual({ ending: 'shutdown', exitCode: 0 });
});

test('the configuration of the last SIGHUP is prepared, and the restart is one', async () => {
  const prepared: number[] = [];
  const { supervisor, ended } = daemonWith(undefined, { prepareRestart: async () => prepared.push(prepared.length) });
  await supervisor.start();
  signal('SIGHUP');
  signal('SIGHUP');
  await settle();
  expect(prepared).toHaveLength(2);
  expect(ended()).toEqual({ ending: 'restart', exitCode: 0 });
});

test('a plugin that ends the process: a line that names the call and its place, and an end in order with its code', async () => {
  const { supervisor, lines, ended } = daemonWith();
  const before: unknown[] = [process.exit, process.abort];
  await supervisor.start();
  expect(() => process.abort()).toThrow('process.abort() was called; the daemon shuts down in order instead');
  await settle();
  expect(lines.find((line) => line.startsWith('CRIT'))).toMatch(
    /^CRIT process\.abort\(\) was called; the daemon shuts down in order instead \(at .*end\.test\.ts:\d+:\d+\)$/,
  );
  expect(ended()).toEqual({ ending: 'shutdown', exitCode: 134 });
  expect(before).toEqual([process.exit, process.abort]); // as it was
});

test('a plugin that calls process.exit in a hook is named as its fault', async () => {
  const { supervisor, ended } = daemonWith(({ hooks }) => hooks.start.tap('bad', () => process.exit(3)));
  const faults: string[] = [];
  supervisor.events.on('plugin:error', ({ plugin, error }) => void faults.push(`${plugin}: ${String(error)}`));
  await expect(supervisor.start()).rejects.toThrow('plugin bad failed in hook start: process.exit(3) was called');
  await settle();
  expect(faults).toEqual(['bad: ExitCall: process.exit(3) was called; the daemon shuts down in order instead']);
  expect(ended()).toEqual({ ending: 'shutdown', exitCode: 3 });
});

test('nothing is left on the process when the daemon is over', async () => {
  const names = [...Object.keys(constants.signals), 'uncaughtException', 'unhandledRejection'];
  const count = (): number[] => names.map((name) => process.listenerCount(name));
  const before = count();
  const { supervisor } = daemonWith();
  await supervisor.start();
  expect(count()).not.toEqual(before);
  await supervisor.shutdown();
  expect(count()).toEqual(before);
});
