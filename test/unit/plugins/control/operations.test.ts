import { expect, test } from 'vitest';
import { settle, stage, type Stage, type StagedProgram } from '../../../../core/testing/index.ts';
import { Operations, targetNamed, type Result, type RestartResults } from '../../../../plugins/control/index.ts';

const BY = { by: 'client' } as const;

async function on(...programs: StagedProgram[]) {
  const staged = await stage(programs.map((program) => ({ startsecs: 0, stopwaitsecs: 1, ...program })));
  const operations = new Operations(staged.supervisor);
  const target = (spec: string) => targetNamed(staged.supervisor, spec);
  const start = (...specs: string[]) => Promise.all(specs.map((spec) => staged.process(spec).start(BY).done));
  const restart = (specs: readonly string[], wait = true) => operations.restart(specs.map(target), { cause: BY, wait });
  return { ...staged, operations, target, start, restart };
}

const told = (results: readonly Result[]) => results.map(({ spec, outcome }) => `${spec}: ${outcome.kind}`);
const both = ({ stopped, started }: RestartResults) => [told(stopped), told(started)];

/** Lets time pass until it is over; children obey, except for those that are stuck. */
async function over<T>({ spawner, clock }: Stage, operation: Promise<T>, stuck: readonly number[] = []): Promise<T> {
  const ended = new Set<unknown>();
  const end = (): void => void ended.add(operation);
  operation.then(end, end);
  for (let round = 0; round < 50 && ended.size === 0; round += 1) {
    await settle();
    for (const child of spawner.living) {
      if (child.signals.length > 0 && !stuck.includes(child.pid)) child.exit();
    }
    clock.advance(1_000);
  }
  return operation;
}

test('a name stands for a process, a group, everything, or nothing', async () => {
  const { target } = await on({ name: 'a' });
  const kinds = (...specs: string[]) => specs.map((spec) => target(spec).kind);
  expect(kinds('a', 'a:a', 'a:*', 'a:', '*')).toEqual(['process', 'process', 'group', 'group', 'all']);
  expect(new Set(kinds('b', 'a:b', 'b:*', ':', '', 'a:a:a'))).toEqual(new Set(['unknown']));
});

test('a single process always has a result; of several, only those that an operation applies to', async () => {
  const { operations, target, start } = await on({ name: 'a' }, { name: 'b' });
  await start('a');
  const request = { cause: BY, wait: true };
  expect(told(await operations.start(target('a:a'), request))).toEqual(['a:a: alreadyRunning']);
  expect(told(await operations.start(target('*'), request))).toEqual(['b: done']);
  expect(told(await operations.start(target('nope'), request))).toEqual(['nope: noSuchName']);
  expect(told(await operations.signal(target('a'), 'NOPE'))).toEqual(['a: noSuchSignal']);
  expect(told(await operations.signal(target('*'), 'HUP'))).toEqual(['a: done', 'b: done']);
  expect(told(await operations.clearLogs(target('a:*')))).toEqual(['a: done']);
});

test('a command that cannot run is told before anything is tried', async () => {
  const { operations, target, process } = await on({ name: 'a', command: '/no/such/program' });
  const [result] = await operations.start(target('a'), { cause: BY, wait: true });
  expect(result?.outcome).toEqual({ kind: 'noSuchCommand', reason: "can't find command '/no/such/program'" });
  expect(process().state).toBe('STOPPED');
});

test('a restart stops all before it starts any, and starts what did not run', async () => {
  const here = await on({ name: 'a' }, { name: 'b' }, { name: 'c' });
  await here.start('a', 'b');
  const restart = here.restart(['b', '*']);
  await settle();
  here.spawner.children[0]?.exit();
  await settle();
  expect(here.spawner.children).toHaveLength(2);
  expect(both(await over(here, restart))).toEqual([
    ['b: done', 'a: done'],
    ['b: done', 'a: done', 'c: done'],
  ]);
  expect(here.transitions.filter((each) => each.startsWith('STOPPED')).length).toBe(5);
});

test('a restart says of each name what it is; a process that cannot be stopped is not started', async () => {
  const here = await on({ name: 'a' }, { name: 'b' });
  await here.start('a');
  const stuck = [here.process('a').view.pid];
  expect(both(await over(here, here.restart(['a', 'nope:*', 'b']), stuck))).toEqual([
    ['a: failed', 'nope:*: noSuchName', 'b: notRunning'],
    ['nope:*: noSuchName', 'b: done'],
  ]);
  expect(here.process('a').state).toBe('STOPPING');
});

test('a restart whose command is gone stops the process and leaves it down', async () => {
  const here = await on({ name: 'a' });
  await here.start('a');
  here.process().reconfigure({ ...here.process().config, command: '/no/such/program' });
  expect(both(await over(here, here.restart(['a'])))).toEqual([['a: done'], ['a: noSuchCommand']]);
  expect(here.process().view).toMatchObject({ state: 'STOPPED', want: 'down' });
});

test('a restart that nobody waits for answers once the signals are sent, or the children spawned', async () => {
  const here = await on({ name: 'a' }, { name: 'b', startsecs: 5 });
  await here.start('a');
  expect(both(await here.restart(['*'], false))).toEqual([['a: done'], []]);
  expect(here.process('a').state).toBe('STOPPING');
  here.spawner.last.exit();
  await settle();
  expect([here.process('a').state, here.process('b').state]).toEqual(['RUNNING', 'STARTING']);
  await over(here, here.process('b').stop(BY).done);
  expect(both(await here.restart(['b'], false))).toEqual([['b: notRunning'], ['b: done']]);
});

test('a stop during a restart wins, and is told', async () => {
  const here = await on({ name: 'a' });
  await here.start('a');
  const restart = here.restart(['a']);
  await settle();
  void here.process().stop(BY);
  expect(both(await over(here, restart))).toEqual([['a: done'], ['a: interrupted']]);
});
