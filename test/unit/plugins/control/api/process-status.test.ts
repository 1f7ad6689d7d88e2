import { expect, test } from 'vitest';
import { processStatus } from '../../../../../plugins/control/api/index.ts';
import { view } from '../../../../support/view.ts';

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
    lastRun: { exit: { kind: 'code', code: 3 }, usage: undefined, line: { channel: 'stderr', text: 'no door' } },
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
