import { expect, test } from 'vitest';
import type { Plugin } from '../../../../../core/index.ts';
import { settle, stage } from '../../../../../core/testing/index.ts';
import { daemonService } from '../../../../../plugins/host/daemon/index.ts';
import { statusOf } from '../../../../../plugins/host/init/exit-when.ts';
import { InitPlugin } from '../../../../../plugins/host/init/index.ts';
import { supervisordOptions, type ExitWhen } from '../../../../../plugins/host/init/options.ts';

const CLIENT = { by: 'client' } as const;

/** Programs a and b, both up, and what the daemon was asked to end with. */
async function under(exit_when: ExitWhen, policy: Plugin[] = []) {
  const ends: (number | undefined)[] = [];
  const daemon: Plugin = {
    name: 'daemon',
    apply(supervisor) {
      const refuse = () => Promise.reject(new Error('not asked for'));
      supervisor.provide(daemonService, {
        reread: refuse,
        plan: refuse,
        update: refuse,
        end: (_ending, _cause, exitCode) => Promise.resolve(void ends.push(exitCode)),
      });
    },
  };
  const programs = ['a', 'b'].map((name) => ({ name, startsecs: 0 }));
  const on = await stage(programs, [daemon, new InitPlugin(), ...policy], { supervisord: { exit_when } });
  for (const { name } of programs) await on.process(name).start(CLIENT).done;
  const [a, b] = on.spawner.children;
  if (a === undefined || b === undefined) throw new Error('not all have started');
  return { ...on, ends, a, b };
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
