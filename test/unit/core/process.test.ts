import { expect, test } from 'vitest';
import type { Plugin, Supervisor } from '../../../core/index.ts';
import { settle, stage } from '../../../core/testing/index.ts';

const CLIENT = { by: 'client' } as const;

/** Restarts what it is told to. */
function policy(verdict: Parameters<Supervisor['hooks']['exit']['tap']>[1]): Plugin {
  return { name: 'policy', apply: (supervisor) => supervisor.hooks.exit.tap('policy', verdict) };
}

test('a process is STARTING until it has been up for startsecs, then RUNNING', async () => {
  const { process, clock, transitions } = await stage([{ name: 'web', startsecs: 3 }]);
  const { issued, done } = process().start(CLIENT);
  await issued;
  expect(process().view).toMatchObject({ state: 'STARTING', pid: 1000, want: 'up' });
  clock.advance(2_999);
  expect(process().state).toBe('STARTING');
  clock.advance(1);
  expect(await done).toEqual({ kind: 'running' });
  expect(transitions).toEqual(['STOPPED → STARTING', 'STARTING → RUNNING']);
});

test('with startsecs=0 it is RUNNING as soon as it is spawned', async () => {
  const { process } = await stage([{ name: 'web', startsecs: 0 }]);
  expect(await process().start(CLIENT).done).toEqual({ kind: 'running' });
});

test('runs are numbered, failed starts among them; an exit tells what the run has used', async () => {
  const { process, spawner, eventsOf } = await stage([{ name: 'web', startsecs: 0 }]);
  expect(process().view.run).toBe(0);
  await process().start(CLIENT).done;
  const usage = { userSeconds: 1, systemSeconds: 0.5, peakMemoryBytes: 4096 };
  spawner.last.exit({ kind: 'code', code: 0 }, usage);
  spawner.failure = 'too many open files';
  await process().start(CLIENT).done;
  spawner.failure = undefined;
  await process().start(CLIENT).done;
  expect(process().view.run).toBe(3);
  expect(eventsOf('process:spawned').map((event) => event.process.run)).toEqual([1, 3]);
  expect(eventsOf('process:exited')).toMatchObject([{ process: { run: 1 }, usage }]);
});

test('a child that ignores its stop signal is killed after stopwaitsecs, and not a moment before', async () => {
  const { process, clock, spawner } = await stage([{ name: 'web', startsecs: 0, stopwaitsecs: 10, killasgroup: true }]);
  await process().start(CLIENT).done;
  const { done } = process().stop(CLIENT);
  await settle();
  clock.advance(9_999);
  expect(spawner.last.signals).toEqual([{ signal: 'SIGTERM', asGroup: false }]);
  clock.advance(1);
  expect(spawner.last.signals.at(-1)).toEqual({ signal: 'SIGKILL', asGroup: true });
  spawner.last.exit({ kind: 'signal', signal: 'SIGKILL' });
  expect(await done).toEqual({ kind: 'stopped' });
  expect(process().view).toMatchObject({ state: 'STOPPED', want: 'down', pid: 0, spawnerr: '' });
  expect(clock.pending).toBe(0);
});

test('a stop that not even SIGKILL brings about is answered as failed, and goes on', async () => {
  const { process, clock, spawner } = await stage([{ name: 'web', startsecs: 0, stopwaitsecs: 1 }]);
  await process().start(CLIENT).done;
  const { issued, done } = process().stop(CLIENT);
  await issued;
  clock.advance(11_000);
  expect((await done).kind).toBe('failed');
  expect(process().state).toBe('STOPPING');
  spawner.last.exit();
  expect(process().state).toBe('STOPPED');
});

test('SIGKILL is repeated once a second at most, whatever stopwaitsecs is', async () => {
  const { process, clock, spawner } = await stage([{ name: 'web', startsecs: 0, stopwaitsecs: 0 }]);
  await process().start(CLIENT).done;
  await process().stop(CLIENT).issued;
  clock.advance(0);
  for (let second = 0; second < 5; second += 1) clock.advance(1_000);
  expect(spawner.last.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', ...Array<string>(6).fill('SIGKILL')]);
  spawner.last.exit();
});

test('starting twice does nothing the second time, and stopping twice waits for the same end', async () => {
  const { process, spawner } = await stage([{ name: 'web', startsecs: 0 }]);
  await process().start(CLIENT).done;
  expect(await process().start(CLIENT).done).toEqual({ kind: 'alreadyRunning' });
  expect(spawner.children).toHaveLength(1);
  const stops = [process().stop(CLIENT), process().stop(CLIENT)];
  await settle();
  expect(spawner.last.signals).toHaveLength(1);
  spawner.last.exit();
  expect(await Promise.all(stops.map(({ done }) => done))).toEqual([{ kind: 'stopped' }, { kind: 'stopped' }]);
  expect(await process().stop(CLIENT).done).toEqual({ kind: 'notRunning' });
});

test('a start during a stop waits for its end', async () => {
  const { process, spawner } = await stage([{ name: 'web', startsecs: 0 }]);
  await process().start(CLIENT).done;
  void process().stop(CLIENT);
  const again = process().start(CLIENT);
  await settle();
  expect(spawner.children).toHaveLength(1);
  spawner.last.exit();
  expect(await again.done).toEqual({ kind: 'running' });
  expect(spawner.children).toHaveLength(2);
});

test('a waiting start is interrupted by a stop', async () => {
  const { process, spawner } = await stage([{ name: 'web', startsecs: 15 }]);
  const start = process().start(CLIENT);
  await start.issued;
  const stop = process().stop(CLIENT);
  await stop.issued;
  expect(await start.done).toEqual({ kind: 'interrupted' });
  spawner.last.exit({ kind: 'signal', signal: 'SIGTERM' });
  expect(await stop.done).toEqual({ kind: 'stopped' });
});

test('without a policy an exit is EXITED and a failed start FATAL by way of BACKOFF', async () => {
  const { process, spawner, transitions } = await stage([{ name: 'web', startsecs: 1 }]);
  const { issued, done } = process().start(CLIENT);
  await issued;
  spawner.last.exit({ kind: 'code', code: 7 });
  expect(await done).toEqual({ kind: 'failed', reason: 'Exited too quickly (process log may have details)' });
  expect(transitions).toEqual(['STOPPED → STARTING', 'STARTING → BACKOFF', 'BACKOFF → FATAL']);
  expect(process().view).toMatchObject({ exit: undefined, tries: 1 });
});

test('an unexpected exit says so, names its code or -1 for a signal, and is told before the restart', async () => {
  const { process, spawner, seen } = await stage(
    [{ name: 'web', startsecs: 0 }],
    [policy(() => ({ kind: 'restart', delayMs: 0, reason: 'it must run' }))],
  );
  await process().start(CLIENT).done;
  const first = spawner.last;
  first.exit({ kind: 'signal', signal: 'SIGKILL' });
  const told = seen.map(({ name }) => name);
  expect(told.lastIndexOf('process:exited')).toBeLessThan(told.lastIndexOf('process:spawned'));
  const exited = seen.find((event) => event.name === 'process:exited');
  expect(exited?.payload).toMatchObject({
    pid: first.pid,
    expected: false,
    asked: false,
    exit: { kind: 'signal', signal: 'SIGKILL' },
    process: { state: 'EXITED', spawnerr: 'Bad exit code -1' },
  });
  expect(process().view).toMatchObject({ state: 'RUNNING', pid: 1001, exit: undefined, spawnerr: '' });
});

test('retries count their failures, and a stop in between ends them for good', async () => {
  const { process, spawner, clock } = await stage(
    [{ name: 'web', startsecs: 5 }],
    [policy((view) => ({ kind: 'restart', delayMs: (view.tries + 1) * 1000 }))],
  );
  await process().start(CLIENT).issued;
  spawner.last.exit({ kind: 'code', code: 1 });
  expect(process().view).toMatchObject({ state: 'BACKOFF', tries: 1 });
  clock.advance(1_000);
  expect(process().state).toBe('STARTING');
  spawner.last.exit({ kind: 'code', code: 1 });
  clock.advance(1_999);
  expect(process().view).toMatchObject({ state: 'BACKOFF', tries: 2 });
  expect(await process().stop(CLIENT).done).toEqual({ kind: 'stopped' });
  clock.advance(60_000);
  expect(spawner.children).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test('a delayed restart can be stopped before it happens', async () => {
  const { process, spawner, clock } = await stage(
    [{ name: 'web', startsecs: 0 }],
    [policy(() => ({ kind: 'restart', delayMs: 5_000 }))],
  );
  await process().start(CLIENT).done;
  spawner.last.exit();
  expect(process().state).toBe('EXITED');
  expect(await process().stop(CLIENT).done).toEqual({ kind: 'stopped' });
  clock.advance(10_000);
  expect(spawner.children).toHaveLength(1);
});

test('a spawn that fails keeps the reason', async () => {
  const { process, spawner, seen } = await stage();
  spawner.failure = 'too many open files';
  expect(await process().start(CLIENT).done).toEqual({ kind: 'failed', reason: 'too many open files' });
  expect(process().view).toMatchObject({ state: 'FATAL', spawnerr: 'too many open files' });
  expect(seen.map(({ name }) => name)).toContain('process:spawn-failed');
});

test('a command that does not exist never reaches the spawner', async () => {
  const { process, spawner } = await stage([{ name: 'ghost', command: '/does/not/exist --arg' }]);
  expect(await process().start(CLIENT).done).toEqual({
    kind: 'failed',
    reason: "can't find command '/does/not/exist'",
  });
  expect(spawner.children).toHaveLength(0);
});

test('a child that cannot be signalled makes the process UNKNOWN until it ends', async () => {
  const { process, spawner } = await stage([{ name: 'web', startsecs: 0 }]);
  await process().start(CLIENT).done;
  spawner.last.refusal = new Error('kill EPERM');
  expect((await process().stop(CLIENT).done).kind).toBe('failed');
  expect(process().state).toBe('UNKNOWN');
  spawner.last.exit();
  expect(process().state).toBe('STOPPED');
});

test('a kill that fails leaves no timer behind', async () => {
  const { process, spawner, clock, seen } = await stage([{ name: 'web', startsecs: 0, stopwaitsecs: 3 }]);
  await process().start(CLIENT).done;
  const { issued, done } = process().stop(CLIENT);
  await issued;
  spawner.last.refusal = new Error('kill EPERM');
  clock.advance(3_000);
  expect((await done).kind).toBe('failed');
  clock.advance(60_000);
  expect(process().state).toBe('UNKNOWN');
  expect(clock.pending).toBe(0);
  expect(seen.filter(({ name }) => name === 'supervisor:error')).toEqual([]);
});

test('a listener that starts a process again from within its exit is heard after everybody was told', async () => {
  const { process, supervisor, spawner, seen } = await stage([{ name: 'web', startsecs: 0 }]);
  supervisor.events.on('process:state', ({ process: { state } }) => {
    if (state === 'EXITED') void process().start({ by: 'plugin' });
  });
  await process().start(CLIENT).done;
  spawner.last.exit();
  await settle();
  expect(process().view).toMatchObject({ state: 'RUNNING', pid: 1001, cause: { by: 'plugin' } });
  const exited = seen.find(({ name }) => name === 'process:exited');
  expect(exited?.payload).toMatchObject({ pid: 1000, process: { state: 'EXITED' } });
});

test('an end is told with what was decided, and why', async () => {
  const verdict = { kind: 'restart', delayMs: 5_000, reason: 'because' } as const;
  const { process, spawner, seen } = await stage([{ name: 'web', startsecs: 0 }], [policy(() => verdict)]);
  await process().start(CLIENT).done;
  spawner.last.exit({ kind: 'code', code: 1 });
  expect(seen.find(({ name }) => name === 'process:exited')?.payload).toMatchObject({ verdict });
  spawner.failure = 'too many open files';
  await process().start(CLIENT).done;
  expect(seen.find(({ name }) => name === 'process:spawn-failed')?.payload).toMatchObject({ verdict });
});

test('a wall clock that is set back moves no timer', async () => {
  const { process, clock } = await stage([{ name: 'web', startsecs: 2 }]);
  await process().start(CLIENT).issued;
  clock.setWall(0);
  clock.advance(2_000);
  expect(process().state).toBe('RUNNING');
});

test('children find the SUPERVISOR_* variables, and the program has the last word on its environment', async () => {
  const { process, spawner } = await stage([
    { name: 'web', startsecs: 0, environment: { PATH: '/bin', A: '1' }, serverurl: 'http://x' },
  ]);
  await process().start(CLIENT).done;
  expect(spawner.last.plan.env).toEqual({
    SUPERVISOR_ENABLED: '1',
    SUPERVISOR_SERVER_URL: 'http://x',
    SUPERVISOR_PROCESS_NAME: 'web',
    SUPERVISOR_GROUP_NAME: 'web',
    PATH: '/bin',
    A: '1',
  });
});

test('a restart stops what runs and starts it; what does not run is started all the same', async () => {
  const { process, spawner } = await stage([{ name: 'web', startsecs: 0 }]);
  expect(await process().restart(CLIENT).done).toEqual({ kind: 'running' });
  const again = process().restart(CLIENT);
  await again.issued;
  expect(process().view).toMatchObject({ state: 'STOPPING', want: 'up' });
  spawner.last.exit();
  expect([await again.stopped, await again.done]).toEqual([{ kind: 'stopped' }, { kind: 'running' }]);
  expect(spawner.children).toHaveLength(2);
});

test('a restart of a process that cannot be stopped does not start it, and says so', async () => {
  const { process, spawner, clock } = await stage([{ name: 'web', startsecs: 0, stopwaitsecs: 1 }]);
  await process().start(CLIENT).done;
  const { issued, done } = process().restart(CLIENT);
  await issued;
  clock.advance(11_000);
  expect(await done).toMatchObject({ kind: 'notStopped', reason: expect.stringContaining('SIGKILL') });
  spawner.last.exit();
  await settle();
  expect([process().state, spawner.children.length]).toEqual(['STOPPED', 1]);
});

test('a stop that is asked for during a restart wins over its start, also between the two', async () => {
  const { process, spawner, supervisor } = await stage([{ name: 'web', startsecs: 0 }]);
  await process().start(CLIENT).done;
  const during = process().restart(CLIENT);
  const stop = process().stop(CLIENT);
  await during.issued;
  spawner.last.exit();
  expect([await stop.done, await during.done]).toEqual([{ kind: 'stopped' }, { kind: 'interrupted' }]);

  await process().start(CLIENT).done;
  supervisor.events.on('process:state', ({ process: { state } }) => {
    if (state === 'STOPPED') void process().stop(CLIENT);
  });
  const between = process().restart(CLIENT);
  await between.issued;
  spawner.last.exit();
  expect(await between.done).toEqual({ kind: 'interrupted' });
  expect([process().state, spawner.children.length]).toEqual(['STOPPED', 2]);
});

test('a restart starts once it is confirmed, stays stopped where it is not, and is refused after removal', async () => {
  const { process, spawner } = await stage([{ name: 'web', startsecs: 0 }]);
  let confirm: (answer: boolean) => void = () => undefined;
  const { done } = process().restart(CLIENT, { confirm: () => new Promise((resolve) => (confirm = resolve)) });
  await settle();
  expect(spawner.children).toHaveLength(0);
  confirm(true);
  expect(await done).toEqual({ kind: 'running' });

  const refused = process().restart(CLIENT, { confirm: () => Promise.reject(new Error('no')) });
  await refused.issued;
  spawner.last.exit();
  expect(await refused.done).toEqual({ kind: 'interrupted' });
  expect(process().view).toMatchObject({ state: 'STOPPED', want: 'down' });

  process().remove();
  expect(await process().restart(CLIENT).done).toEqual({ kind: 'removed' });
});

test('a child that is of no use is ended as a stop ends it, and the policy decides what follows', async () => {
  const verdicts = policy(() => ({ kind: 'restart', delayMs: 500 }));
  const { process, spawner, clock, transitions } = await stage([{ name: 'web', startsecs: 0 }], [verdicts]);
  await process().restartByPolicy(CLIENT);
  await process().start(CLIENT).done;
  await process().restartByPolicy(CLIENT);
  await process().restartByPolicy(CLIENT);
  expect([process().state, spawner.last.signals.length]).toEqual(['RUNNING', 1]);
  clock.advance(10_000);
  expect(spawner.last.signals.at(-1)).toEqual({ signal: 'SIGKILL', asGroup: false });
  spawner.last.exit({ kind: 'signal', signal: 'SIGKILL' });
  clock.advance(500);
  expect(transitions.slice(2)).toEqual(['RUNNING → EXITED', 'EXITED → STARTING', 'STARTING → RUNNING']);
});
