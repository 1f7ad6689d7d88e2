import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Limits } from '../../../plugins/output/logging/file/limits.ts';
import { followLog } from '../../../plugins/output/logging/tail/follow.ts';
import { LogTarget } from '../../../plugins/output/logging/file/log-target.ts';
import { LOG_MODE } from '../../../plugins/output/logging/file/targets.ts';
import { FakeClock } from '../../../core/testing/index.ts';
import { contentOf, run, testFolder, wholeLog } from './support.ts';
import { later } from '../../support/later.ts';
import { until } from '../../support/wait.ts';

const HOUR_MS = 3_600_000;

/** A log in a folder of its own, on a clock that is moved by hand. */
function logUnderTest(limits: Limits, folder = testFolder()) {
  const clock = new FakeClock();
  const said: string[] = [];
  const path = join(folder, 'x.log');
  const target = new LogTarget(path, LOG_MODE, {
    clock,
    report: (level, text) => said.push(`${level} ${text}`),
    blocked: () => undefined,
    dropped: () => undefined,
  });
  later(() => target.close());
  const write = (text: string): void => void target.write(Buffer.from(text), limits, () => undefined);
  return { path, clock, said, target, write };
}

test('a log is rotated by the first write of a new hour, and no timer waits for it', () => {
  const { path, clock, write } = logUnderTest({ maxBytes: 0, backups: 2, interval: 'hourly' });
  write('one');
  clock.advance(HOUR_MS - 1);
  write('two');
  expect([contentOf(path), clock.pending]).toEqual(['onetwo', 0]);
  clock.advance(1);
  expect(contentOf(path)).toBe('onetwo');
  write('three');
  expect([contentOf(`${path}.1`), contentOf(path)]).toEqual(['onetwo', 'three']);
  clock.advance(10 * HOUR_MS);
  write('four');
  expect([contentOf(`${path}.2`), contentOf(`${path}.1`), contentOf(path)]).toEqual(['onetwo', 'three', 'four']);
});

test('a log that another process fills, too, is rotated at its limit by the next write', () => {
  const { path, clock, write } = logUnderTest({ maxBytes: 100, backups: 1 });
  write('ours\n');
  appendFileSync(path, 'theirs'.repeat(20));
  clock.advance(1_000);
  write('last\n');
  expect([contentOf(`${path}.1`), contentOf(path)]).toEqual([`ours\n${'theirs'.repeat(20)}last\n`, '']);
  write('next\n');
  expect(contentOf(path)).toBe('next\n');
});

test('a file of yesterday is rotated by the first write of today, an empty one never', () => {
  const folder = testFolder();
  const file = join(folder, 'x.log');
  writeFileSync(file, 'yesterday');
  const yesterday = new Date(new FakeClock().wall() - 24 * HOUR_MS);
  utimesSync(file, yesterday, yesterday);
  const { path, clock, target, write } = logUnderTest({ maxBytes: 0, backups: 3, interval: 'daily' }, folder);
  target.prepare();
  write('today');
  expect([contentOf(`${path}.1`), contentOf(path)]).toEqual(['yesterday', 'today']);
  target.clear();
  clock.advance(48 * HOUR_MS);
  write('later');
  expect([contentOf(`${path}.2`), contentOf(`${path}.1`), contentOf(path)]).toEqual(['', 'yesterday', 'later']);
});

test('time and size go together, and without backups the file is emptied', () => {
  const both = logUnderTest({ maxBytes: 5, backups: 5, interval: 'hourly' });
  both.write('12345');
  both.clock.advance(HOUR_MS);
  both.write('678');
  expect([contentOf(`${both.path}.1`), contentOf(both.path)]).toEqual(['12345', '678']);
  const none = logUnderTest({ maxBytes: 0, backups: 0, interval: 'hourly' });
  none.write('old');
  none.clock.advance(HOUR_MS);
  none.write('new');
  expect(contentOf(none.path)).toBe('new');
});

test('a log that cannot be rotated is said once for each cause, and how often when it is over; nothing is lost', () => {
  const { path, said, write } = logUnderTest({ maxBytes: 10, backups: 1 });
  mkdirSync(`${path}.1`);
  for (let round = 0; round < 10; round += 1) write('0123456789');
  expect(said).toEqual([expect.stringMatching(/^ERRO cannot rotate .*x\.log: EISDIR/)]);
  expect(contentOf(path)).toBe('0123456789'.repeat(10));
  rmSync(`${path}.1`, { recursive: true });
  write('0123456789');
  expect(said.slice(1)).toEqual([`INFO ${path} is rotated again, after 10 failed attempts`]);
  expect(contentOf(`${path}.1`)).toBe('0123456789'.repeat(11));
});

test('who follows a log hears of it when it was emptied, even if it is as long as before when he looks again', async () => {
  const { clock, target, write } = logUnderTest({ maxBytes: 0, backups: 0, interval: 'hourly' });
  write('one');
  const pieces = followLog(target)?.[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => (await pieces?.next())?.value?.toString();
  expect(await next()).toBe('one');
  clock.advance(HOUR_MS);
  write('two');
  expect([await next(), await next()]).toEqual(['==> log truncated <==\n', 'two']);
  await pieces?.return?.();
});

test('formatted lines stay whole across rotations, and are those of the program; other plugins get its bytes', async () => {
  const count = 5_000;
  const { folder } = await run([
    {
      name: 'p',
      script: `seq -f 'line %g' 1 ${count}; printf 'no end'; exec sleep 1000`,
      options: {
        stdout_log_format: 'json',
        stdout_logfile_maxbytes: 100_000,
        stdout_logfile_backups: 50,
        stderr_log_format: 'timestamped',
      },
    },
    { name: 'q', script: 'echo oops >&2; exit 0', startsecs: 0, options: { stderr_log_format: 'timestamped' } },
  ]);
  const log = join(folder, 'p.out');
  await until('all lines', () => wholeLog(log).toString().includes(`"line ${count}"`));
  const messages = wholeLog(log)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(messages).toHaveLength(count);
  expect(messages[0]).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    process: 'p',
    stream: 'stdout',
    message: 'line 1',
  });
  await until('the other', () => contentOf(join(folder, 'q.err')) !== '');
  expect(contentOf(join(folder, 'q.err'))).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z oops\n$/);
});
