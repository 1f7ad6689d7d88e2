import { expect, test } from 'vitest';
import type { ProcessView } from '../../../../../core/index.ts';
import {
  describe as describeProcess,
  duration,
  shortTime,
  processInfo,
} from '../../../../../plugins/control/rpc/process-info.ts';
import { view } from '../../../../support/view.ts';

const MADE = view({ name: 'p', group: 'g' });
const now = { wall: Date.UTC(2026, 10, 22, 16, 10), tick: 5_999 };

test.each([
  [0, '0:00:00'],
  [-5, '0:00:00'],
  [999, '0:00:00'],
  [5_000, '0:00:05'],
  [61_000, '0:01:01'],
  [36_000_000, '10:00:00'],
  [86_399_999, '23:59:59'],
  [86_400_000, '1 day, 0:00:00'],
  [2 * 86_400_000 + 3_723_000, '2 days, 1:02:03'],
])('%d ms are %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});

test.each([
  [new Date(2026, 10, 22, 16, 10), 'Nov 22 04:10 PM'],
  [new Date(2026, 0, 2, 0, 5), 'Jan 02 12:05 AM'],
  [new Date(2026, 6, 9, 12, 0), 'Jul 09 12:00 PM'],
])('%s is written %s', (date, expected) => {
  expect(shortTime(date.getTime())).toBe(expected);
});

test.each<[Partial<ProcessView>, string]>([
  [{ state: 'STOPPED' }, 'Not started'],
  [{ state: 'STOPPED', startedAt: 1, stoppedAt: new Date(2026, 10, 22, 16, 10).getTime() }, 'Nov 22 04:10 PM'],
  [{ state: 'EXITED', startedAt: 1, stoppedAt: new Date(2026, 10, 22, 16, 10).getTime() }, 'Nov 22 04:10 PM'],
  [{ state: 'STARTING', pid: 7 }, ''],
  [{ state: 'STOPPING', pid: 7 }, ''],
  [{ state: 'RUNNING', pid: 7, startedTick: 0 }, 'pid 7, uptime 0:00:05'],
  [{ state: 'BACKOFF', spawnerr: 'why' }, 'why'],
  [{ state: 'FATAL', spawnerr: '' }, 'unknown error (try "tail p")'],
  [{ state: 'UNKNOWN' }, ''],
])('%j is described as %j', (given, expected) => {
  expect(describeProcess({ ...MADE, ...given }, now)).toBe(expected);
});

test.each<[ProcessView['exit'], number]>([
  [undefined, 0],
  [{ kind: 'code', code: 7 }, 7],
  [{ kind: 'signal', signal: 'SIGKILL' }, -1],
  [{ kind: 'spawnFailed', reason: 'x' }, 0],
])('the exit %j is the exitstatus %d', (exit, expected) => {
  expect(processInfo({ ...MADE, exit }, { stdout: '', stderr: '' }, now)['exitstatus']).toBe(expected);
});

test('the struct has exactly the members that clients know', () => {
  const logs = { stdout: '/o', stderr: '/e' };
  expect(processInfo({ ...MADE, startedAt: 1_999, stoppedAt: 2_001 }, logs, now)).toEqual({
    name: 'p',
    group: 'g',
    start: 1,
    stop: 2,
    now: Math.floor(now.wall / 1000),
    state: 0,
    statename: 'STOPPED',
    spawnerr: '',
    exitstatus: 0,
    logfile: '/o',
    stdout_logfile: '/o',
    stderr_logfile: '/e',
    pid: 0,
    description: shortTime(2_001),
  });
});

test('times after 2038 stay within 32 bits', () => {
  const info = processInfo(MADE, { stdout: '', stderr: '' }, { wall: Date.UTC(2050, 0, 1), tick: 0 });
  expect(info['now']).toBe(2 ** 31 - 1);
});
