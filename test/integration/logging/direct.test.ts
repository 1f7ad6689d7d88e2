import { existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checks } from '../../../plugins/output/logging/options.ts';
import { contentOf, nextExit, run, testFolder, wholeLog } from './support.ts';
import { loggingOf } from '../../support/logging.ts';
import { until } from '../../support/wait.ts';

const CLIENT = { by: 'client' } as const;
const DIRECT = { stdout_direct: true } as const;

test('a Node program that writes 50,000 lines and calls process.exit() at once has all of them in its log', async () => {
  const folder = testFolder();
  const script = join(folder, 'lines.mjs');
  writeFileSync(script, 'for (let line = 1; line <= 50_000; line += 1) console.log(`line ${line}`); process.exit();');
  const { supervisor } = await run(
    [{ name: 'n', script: `exec ${process.execPath} ${script}`, autostart: false, options: DIRECT }],
    { folder },
  );
  const exited = nextExit(supervisor, 'n');
  await supervisor.find('n')?.start(CLIENT).done;
  await exited;
  const want = Array.from({ length: 50_000 }, (_, index) => `line ${index + 1}\n`).join('');
  expect(contentOf(join(folder, 'n.out')) === want).toBe(true);
});

test.each([
  ['the log is copied and emptied when it is full', false],
  ['the copies are compressed where that is wanted', true],
])('%s', async (_, stdout_logfile_compress) => {
  const folder = testFolder();
  const log = join(folder, 'p.out');
  const { supervisor } = await run(
    [
      {
        name: 'p',
        script: `seq 1 20000; while [ ! -e ${folder}/go ]; do sleep 0.02; done; echo last; exec sleep 1000`,
        options: { ...DIRECT, stdout_logfile_maxbytes: 50_000, stdout_logfile_backups: 2, stdout_logfile_compress },
      },
    ],
    { folder },
  );
  const pid = supervisor.find('p')?.view.pid ?? 0;
  expect(readlinkSync(`/proc/${pid}/fd/1`)).toBe(log);
  const copy = stdout_logfile_compress ? `${log}.1.gz` : `${log}.1`;
  await until('the rotation', () => existsSync(copy) && statSync(log).size === 0);
  writeFileSync(join(folder, 'go'), '');
  await until('the last line', () => contentOf(log) === 'last\n');
  const want = `${Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')}last\n`;
  expect(wholeLog(log).toString() === want).toBe(true);
  expect(existsSync(`${log}.copy.part`)).toBe(false);
});

test('it can be read, followed and cleared, and the program writes on', async () => {
  const folder = testFolder();
  const log = join(folder, 'cat.out');
  const { supervisor } = await run([{ name: 'cat', script: 'exec cat', options: DIRECT }], { folder });
  const logging = loggingOf(supervisor);
  const process = supervisor.find('cat');
  const child = process && logging.childLog(process.view, 'stdout');
  if (process === undefined || child === undefined) throw new Error('no log');
  const send = (text: string): void => void logging.stdin(process.view, Buffer.from(text));
  const abort = new AbortController();
  let seen = '';
  const reading = (async () => {
    for await (const bytes of child.follow({ signal: abort.signal }) ?? []) seen += bytes.toString();
  })();
  send('one\n');
  await until('the first line', () => seen === 'one\n');
  expect(child.clear()).toEqual({ kind: 'cleared' });
  send('two\n');
  await until('the second line', () => seen === 'one\n==> log truncated <==\ntwo\n');
  expect(readFileSync(log, 'utf8')).toBe('two\n');
  abort.abort();
  await reading;
});

test('options that need the output to pass through the daemon are refused beside it', () => {
  const values = {
    stdout_direct: true,
    stdout_logfile: { kind: 'file', path: 'x' },
    stdout_capture_maxbytes: 0,
    stdout_log_format: 'raw',
    stdout_prefix: '',
  };
  const faults = (more: Readonly<Record<string, unknown>>) =>
    (checks['program']?.({ ...values, ...more }, new Set()) ?? []).map(
      ({ option, message, severity = 'error' }) => `${severity} ${option}: ${message}`,
    );
  expect(faults({})).toEqual([]);
  expect(
    faults({
      stdout_syslog: true,
      stdout_events_enabled: true,
      stdout_capture_maxbytes: 1,
      stdout_log_format: 'timestamped',
      stdout_prefix: 'x',
    }),
  ).toEqual([
    'error stdout_direct: cannot be used with stdout_syslog, stdout_events_enabled, stdout_capture_maxbytes, stdout_log_format, stdout_prefix: the output does not pass through the daemon',
  ]);
  expect(faults({ stdout_logfile: { kind: 'none' } })).toHaveLength(1);
});

test('a log that is no file fails the start, and says why', async () => {
  const { supervisor } = await run([
    {
      name: 'p',
      script: 'exec sleep 1000',
      autostart: false,
      options: { ...DIRECT, stdout_logfile: { kind: 'file', path: '/dev/null' } },
    },
  ]);
  await supervisor.find('p')?.start(CLIENT).done;
  expect(supervisor.find('p')?.view.spawnerr).toContain('/dev/null is no file that a program could write by itself');
});
