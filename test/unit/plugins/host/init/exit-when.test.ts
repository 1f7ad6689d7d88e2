import { expect, test } from 'vitest';
import { groupConfig, processConfig, Supervisor, supervisorConfig, type Plugin } from '../../../../../core/index.ts';
import { COMMAND, FakeClock, FakeSpawner, settle, stage } from '../../../../../core/testing/index.ts';
import { daemonService, signalsService } from '../../../../../plugins/host/daemon/index.ts';
import { statusOf } from '../../../../../plugins/host/init/exit-when.ts';
import { InitPlugin } from '../../../../../plugins/host/init/index.ts';
import { supervisordOptions, type ExitWhen } from '../../../../../plugins/host/init/options.ts';
import { loggingService } from '../../../../../plugins/output/logging/index.ts';
import { fakeLogging } from '../../../../support/logging.ts';

const CLIENT = { by: 'client' } as const;

/** In the place of the daemon: what it was asked to end with, and its log. */
function recorder() {
  const ends: (number | undefined)[] = [];
  const lines: string[] = [];
  const refuse = () => Promise.reject(new Error('not asked for'));
  const daemon: Plugin = {
    name: 'daemon',
    apply(supervisor) {
      supervisor.provide(
        loggingService,
        fakeLogging((level, text) => void lines.push(`${level} ${text}`)),
      );
      supervisor.provide(daemonService, {
        reread: refuse,
        plan: refuse,
        update: refuse,
        upgrade: refuse,
        end: (_ending, _cause, exitCode) => Promise.resolve(void ends.push(exitCode)),
      });
    },
  };
  return { daemon, ends, lines };
}

/** Programs a and b, both up. */
async function under(exit_when: ExitWhen, policy: Plugin[] = []) {
  const { daemon, ends, lines } = recorder();
  const programs = ['a', 'b'].map((name) => ({ name, startsecs: 0 }));
  const on = await stage(programs, [daemon, new InitPlugin(), ...policy], { supervisord: { exit_when } });
  for (const { name } of programs) await on.process(name).start(CLIENT).done;
  const [a, b] = on.spawner.children;
  if (a === undefined || b === undefined) throw new Error('not all have started');
  return { ...on, ends, lines, a, b };
}

test('any: the first program that ends for good ends the daemon with its status, and those that follow change nothing', async () => {
  const { a, b, ends } = await under({ kind: 'any' });
  a.exit({ kind: 'code', code: 0 });
  await settle();
  b.exit({ kind: 'code', code: 3 });
  await settle();
  expect(ends).toEqual([0]);
});

test('names: only these count', async () => {
  const { a, b, ends } = await under({ kind: 'names', names: ['b'] });
  a.exit({ kind: 'code', code: 3 });
  await settle();
  expect(ends).toEqual([]);
  b.exit({ kind: 'signal', signal: 'SIGKILL' });
  await settle();
  expect(ends).toEqual([137]);
});

test('all: the last one ends it, with the status of the first that failed', async () => {
  const { a, b, ends } = await under({ kind: 'all' });
  a.exit({ kind: 'code', code: 3 });
  await settle();
  expect(ends).toEqual([]);
  b.exit({ kind: 'code', code: 0 });
  await settle();
  expect(ends).toEqual([3]);
});

test('a program that is stopped, or started again, has not ended for good', async () => {
  const again: Plugin = {
    name: 'again',
    apply: ({ hooks }) =>
      hooks.exit.tap('again', ({ name }) => (name === 'a' ? { kind: 'restart', delayMs: 0 } : undefined)),
  };
  const { a, b, process, ends } = await under({ kind: 'any' }, [again]);
  a.exit({ kind: 'code', code: 3 });
  const { issued, done } = process('b').stop(CLIENT);
  await issued;
  b.exit({ kind: 'signal', signal: 'SIGTERM' });
  await done;
  await settle();
  expect(ends).toEqual([]);
});

test.each(['shutdown', 'restart'] as const)('in a %s that somebody asked for, ends decide nothing', async (ending) => {
  const { a, b, supervisor, ends } = await under({ kind: 'any' });
  supervisor.events.emit('daemon:ending', { ending, cause: CLIENT });
  a.exit({ kind: 'code', code: 3 });
  b.exit({ kind: 'code', code: 4 });
  await settle();
  expect(ends).toEqual([]);
});

test('all: what autostart has yet to start counts as up', async () => {
  const { daemon, ends } = recorder();
  const spawner = new FakeSpawner();
  const group = (name: string, priority: number) =>
    groupConfig({ priority, processes: [processConfig({ name, command: COMMAND, priority, startsecs: 0 })] });
  const supervisor = new Supervisor({
    config: supervisorConfig({
      sections: { supervisord: { exit_when: { kind: 'all' } } },
      groups: [group('first', 1), group('second', 2)],
    }),
    plugins: [daemon, new InitPlugin()],
    clock: new FakeClock(),
    spawner,
  });
  const started: string[] = [];
  const exitFirst = ({ process: { name } }: { process: { name: string } }): void => {
    started.push(name);
    if (name === 'first') queueMicrotask(() => spawner.last.exit({ kind: 'code', code: 3 }));
  };
  supervisor.events.on('process:spawned', exitFirst, 'test');
  supervisor.events.on('process:exited', () => void started.push('exit'), 'test');
  await supervisor.start();
  expect(started).toEqual(['first', 'exit', 'second']);
  expect(ends).toEqual([]);
  spawner.last.exit({ kind: 'code', code: 0 });
  await settle();
  expect(ends).toEqual([3]);
});

test('once the last program that is named was removed, the log says that nothing ends the daemon', async () => {
  const { a, b, supervisor, lines } = await under({ kind: 'names', names: ['b'] });
  a.exit({ kind: 'code', code: 0 });
  b.exit({ kind: 'code', code: 0 });
  await settle();
  lines.length = 0;
  supervisor.removeGroup('a');
  expect(lines).toEqual([]);
  supervisor.removeGroup('b');
  expect(lines).toEqual([
    'WARN exit_when=b: none of these is left; until one is added again, the daemon does not end by itself',
  ]);
});

test('a start that fails for good is one that has ended', async () => {
  const { a, process, spawner, ends } = await under({ kind: 'names', names: ['b'] });
  a.exit();
  const { issued, done } = process('b').stop(CLIENT);
  await issued;
  spawner.children[1]?.exit();
  await done;
  spawner.failure = 'too many open files';
  await process('b').start(CLIENT).done;
  await settle();
  expect(ends).toEqual([126]);
});

test.each([
  [{ kind: 'code', code: 5 }, false, 5],
  [{ kind: 'code', code: 0 }, true, 1],
  [{ kind: 'code', code: -1 }, false, 255],
  [{ kind: 'signal', signal: 'SIGTERM' }, false, 143],
  [{ kind: 'spawnFailed', reason: '', failure: 'missing' }, true, 127],
  [{ kind: 'spawnFailed', reason: '', failure: 'permission' }, true, 126],
] as const)('the status of %j, a failure: %s, is %d', (exit, isFailure, status) => {
  expect(statusOf(exit, isFailure)).toBe(status);
});

test('forward_signals: each program that runs gets the signal', async () => {
  const { daemon, lines } = recorder();
  const takers = new Map<string, () => void>();
  const signals: Plugin = {
    name: 'signals',
    apply: (supervisor) =>
      supervisor.provide(signalsService, { take: (signal, listener) => void takers.set(signal, listener) }),
  };
  const { process, spawner } = await stage([{ name: 'a' }, { name: 'b' }], [daemon, signals, new InitPlugin()], {
    supervisord: { forward_signals: ['SIGUSR1'] },
  });
  expect([...takers.keys()]).toEqual(['SIGUSR1']);
  takers.get('SIGUSR1')?.();
  await process('b').start(CLIENT).issued;
  takers.get('SIGUSR1')?.();
  expect(spawner.last.signals).toEqual([{ signal: 'SIGUSR1', asGroup: false }]);
  expect(lines).toEqual(['INFO received SIGUSR1: sent to no program: none runs', 'INFO received SIGUSR1: sent to b']);
});

test.each([
  ['', []],
  ['usr1, SIGWINCH', ['SIGUSR1', 'SIGWINCH']],
  [['CONT'], ['SIGCONT']],
])('forward_signals=%j', (given, signals) => {
  expect(supervisordOptions.forward_signals.schema['~standard'].validate(given)).toMatchObject({ value: signals });
});

test.each([
  ['USR1,TERM', 'TERM is a signal to the daemon itself, or cannot be handled'],
  ['KILL', 'KILL is a signal to the daemon itself, or cannot be handled'],
  ['USR3', 'USR3 is no signal'],
  [7, 'not a list of signals to send on'],
])('forward_signals=%j is refused', (given, message) => {
  expect(supervisordOptions.forward_signals.schema['~standard'].validate(given)).toMatchObject({
    issues: [{ message }],
  });
});

test.each([
  ['never', { kind: 'never' }],
  ['all', { kind: 'all' }],
  ['web, jobs:*', { kind: 'names', names: ['web', 'jobs:*'] }],
  [['any', 'web'], { kind: 'names', names: ['any', 'web'] }],
])('exit_when=%j', (given, condition) => {
  expect(supervisordOptions.exit_when.schema['~standard'].validate(given)).toMatchObject({ value: condition });
});

test.each(['', ',', 'web,', 7, []])('exit_when=%j is refused', (given) => {
  expect(supervisordOptions.exit_when.schema['~standard'].validate(given)).toHaveProperty('issues');
});
