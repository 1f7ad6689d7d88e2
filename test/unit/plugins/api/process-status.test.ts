import { expect, test } from 'vitest';
import { processStatus, reasonFor } from '../../../../plugins/api/index.ts';
import { view } from '../../../support/view.ts';

test.each([
  [{ state: 'STOPPED' }, 'not started'],
  [{ state: 'STOPPED', startedAt: 1, cause: { by: 'client', detail: 'x' } }, 'stopped (client: x)'],
  [{ state: 'STARTING' }, 'has to stay up for 1 s; started with the daemon'],
  [{ state: 'STARTING', tries: 2 }, 'try 3, after 2 failed starts'],
  [{ state: 'RUNNING' }, 'started with the daemon'],
  [{ state: 'RUNNING', cause: { by: 'child', detail: 'exit status 7' } }, 'started again after exit status 7'],
  [{ state: 'BACKOFF', tries: 1, spawnerr: 'no' }, 'no; 1 failed start, will be tried again'],
  [
    {
      state: 'FATAL',
      tries: 3,
      spawnerr: 'Exited too quickly (process log may have details)',
      cause: { by: 'child', detail: 'exit status 3' },
    },
    'exit status 3, too quickly; gave up after 3 failed starts',
  ],
  [{ state: 'FATAL', tries: 4, exit: { kind: 'code', code: 3 } }, 'exit status 3; gave up after 4 failed starts'],
  [{ state: 'EXITED', exit: { kind: 'code', code: 0 } }, 'exit status 0'],
  [
    { state: 'EXITED', exit: { kind: 'signal', signal: 'SIGSEGV' }, spawnerr: 'x' },
    'terminated by SIGSEGV, not expected',
  ],
  [{ state: 'STOPPING', cause: { by: 'shutdown' } }, 'is asked to stop (shutdown)'],
  [{ state: 'UNKNOWN', spawnerr: 'cannot be signalled' }, 'cannot be signalled'],
] as const)('why: %j is "%s"', (given, reason) => {
  expect(reasonFor(view(given))).toBe(reason);
});

test('the status has times for people, durations by the monotonic clock, and null for what there is not', () => {
  const context = {
    restarts: 2,
    health: { level: 'sound', trouble: undefined },
    since: 0,
    lastRun: undefined,
    logs: { stdout: '/l', stderr: null },
    kind: 'group',
    tick: 65_500,
  } as const;
  const running = view({ state: 'RUNNING', pid: 7, startedAt: 1_700_000_000_000, startedTick: 5_000 });
  expect(processStatus(running, context)).toMatchObject({
    namespec: 'web',
    statecode: 20,
    pid: 7,
    startedAt: '2023-11-14T22:13:20.000Z',
    stoppedAt: null,
    uptimeSeconds: 60,
    exit: null,
    logs: { stdout: '/l', stderr: null },
  });
  const failed = view({ state: 'FATAL', exit: { kind: 'spawnFailed', reason: 'x' } });
  expect(processStatus(failed, context)).toMatchObject({ pid: null, uptimeSeconds: null, exit: null });
  const gone = view({ state: 'BACKOFF', pid: 7, startedTick: 5_000 });
  expect(processStatus(gone, context), 'the pid of the child that has just ended').toMatchObject({
    pid: null,
    uptimeSeconds: null,
  });
});

test('a start that failed has its exit and its last words, and the time of it', () => {
  const context = {
    restarts: 2,
    health: { level: 'failed', trouble: undefined },
    since: 1_700_000_000_000,
    lastRun: { exit: { kind: 'code', code: 3 }, line: { channel: 'stderr', text: 'no door' } },
    logs: { stdout: null, stderr: null },
    kind: 'group',
    tick: 0,
  } as const;
  expect(processStatus(view({ state: 'FATAL' }), context)).toMatchObject({
    health: 'failed',
    trouble: null,
    exit: { kind: 'code', code: 3 },
    lastLine: { channel: 'stderr', text: 'no door' },
    since: '2023-11-14T22:13:20.000Z',
  });
  expect(processStatus(view({ state: 'RUNNING', pid: 7 }), context).exit, 'of the run before').toBeNull();
});
