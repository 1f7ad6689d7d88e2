import { expect, test } from 'vitest';
import { LINES } from '../../../../../../plugins/output/logging/daemon-log/event-lines.ts';
import { formatLine } from '../../../../../../plugins/output/logging/daemon-log/line.ts';
import { autoLogPattern, removeAutoLogs } from '../../../../../../plugins/output/logging/file/auto-log.ts';
import { ownDescriptor } from '../../../../../../plugins/output/logging/file/open-log.ts';
import { processConfig, type ProcessView, type State } from '../../../../../../core/index.ts';
import { view as anyView } from '../../../../../support/view.ts';

const view = (state: State): ProcessView => {
  const config = processConfig({ name: 'p', command: 'p', startsecs: 3 });
  return anyView({ name: 'p', group: 'g', config, state, want: 'up', pid: 42 });
};
const text = (lines: readonly { level: string; text: string }[] | undefined) =>
  lines?.map((line) => `${line.level} ${line.text}`);
const ended = (state: State, code: number, expected: boolean, asked: boolean) =>
  text(
    LINES['process:exited']?.({
      process: view(state),
      pid: 42,
      exit: { kind: 'code', code },
      expected,
      asked,
      livedMs: 1,
      verdict: { kind: 'leave' },
    }),
  );

test('a line has local time with milliseconds, level and text', () => {
  const at = new Date(2024, 4, 1, 3, 7, 9, 5).getTime();
  expect(formatLine(at, 'WARN', 'text')).toBe('2024-05-01 03:07:09,005 WARN text\n');
});

test('whatever a text holds, it is one record of one line, and moves no cursor', () => {
  const at = new Date(2024, 4, 1, 3, 7, 9, 5).getTime();
  const forged = 'boom\n2024-05-01 03:07:09,006 INFO forged\r\u001b]0;title\u0007\u009b2J\u2028\u202eé';
  expect(formatLine(at, 'ERRO', forged)).toBe(
    String.raw`2024-05-01 03:07:09,005 ERRO boom\n2024-05-01 03:07:09,006 INFO forged\r\u001b]0;title\u0007\u009b2J\u2028\u202eé` +
      '\n',
  );
});

test.each([
  ['EXITED', 0, true, false, 'INFO exited: p (exit status 0; expected)'],
  ['EXITED', 7, false, false, 'WARN exited: p (exit status 7; not expected)'],
  ['BACKOFF', 0, true, false, 'WARN exited: p (exit status 0; not expected)'],
  ['STOPPED', 0, true, true, 'INFO stopped: p (exit status 0)'],
  ['STOPPED', 1, false, true, 'WARN stopped: p (exit status 1)'],
] as const)('an end in %s with status %d, expected %s, asked for %s', (state, code, expected, asked, want) => {
  expect(ended(state, code, expected, asked)).toEqual([want]);
});

test('changes of state are written with the words and levels of Supervisor', () => {
  const told = (state: State, from: State = 'STOPPED') =>
    text(LINES['process:state']?.({ process: view(state), from, cause: { by: 'child', detail: 'why' } }));
  expect(told('RUNNING')).toEqual([
    'INFO success: p entered RUNNING state, process has stayed up for > than 3 seconds (startsecs)',
  ]);
  expect(told('FATAL')).toEqual(['INFO gave up: p entered FATAL state, too many start retries too quickly']);
  expect(told('UNKNOWN', 'STOPPING')).toEqual(['CRIT unknown problem killing p (42): why']);
  expect(told('STOPPED', 'BACKOFF')).toEqual(['DEBG Attempted to kill p, which is in BACKOFF state.']);
  for (const state of ['STOPPED', 'STARTING', 'BACKOFF', 'STOPPING', 'EXITED'] as const)
    expect(told(state)).toEqual([]);
});

test('signals are told at level debug, the last one as a warning', () => {
  const told = (why: 'request' | 'stop' | 'overdue', asGroup = false) =>
    text(LINES['process:signalled']?.({ process: view('STOPPING'), pid: 42, signal: 'SIGKILL', asGroup, why }));
  expect(told('request')).toEqual(['DEBG sending p (pid 42) sig SIGKILL']);
  expect(told('stop', true)).toEqual(['DEBG killing p (pid 42) process group with signal SIGKILL']);
  expect(told('overdue')).toEqual([
    "WARN killing 'p' (42) with SIGKILL",
    'DEBG killing p (pid 42) with signal SIGKILL',
  ]);
});

test('a shutdown names the processes it waits for', () => {
  expect(text(LINES['supervisor:waiting']?.({ names: ['a', 'g:b'] }))).toEqual(['INFO waiting for a, b to die']);
});

test('names of AUTO logs, and names that only look like them', () => {
  const pattern = autoLogPattern('su.per');
  for (const name of [
    'a-stdout---su.per-x_1.log',
    'a---su.per-x.log.1',
    'a---su.per-x.log.1234',
    'a---su.per-x.log.2.gz',
    'a---su.per-x.log.gz.part',
  ])
    expect(name).toMatch(pattern);
  for (const name of ['a---suXper-x.log', '---su.per-x.log', 'a---su.per-x.log.gz', 'a---su.per-.log']) {
    expect(name).not.toMatch(pattern);
  }
});

test('a childlogdir that cannot be read is reported in the words of Supervisor, with the reason', () => {
  expect(removeAutoLogs({ childlogdir: '/no/such/folder', identifier: 'x' })).toEqual([
    'Could not clear childlog dir /no/such/folder: ENOENT: no such file or directory',
  ]);
});

test.each([
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
  ['/dev/fd/1', 1],
  ['/proc/self/fd/2', 2],
  [`/proc/${process.pid}/fd/1`, 1],
  ['/proc/1234567/fd/1', undefined],
  ['/dev/fd/3', undefined],
  ['/dev/null', undefined],
  ['/tmp/dev/stdout', undefined],
])('%s is descriptor %s of the daemon', (path, want) => {
  expect(ownDescriptor(path)).toBe(want);
});

test('a fault of a plugin is one line, and at debug one for each call that led to it', () => {
  const error = new Error('boom');
  error.stack = 'Error: boom\n    at late (/etc/tsvd/plugin.js:12:9)\n    at Timeout.run (node:internal:1:1)';
  expect(text(LINES['plugin:error']?.({ plugin: 'p', where: 'hook spawn', error, count: 2 }))).toEqual([
    'ERRO plugin p failed in hook spawn (2 times in a row): boom',
    'DEBG   at late (/etc/tsvd/plugin.js:12:9)',
    'DEBG   at Timeout.run (node:internal:1:1)',
  ]);
  expect(text(LINES['supervisor:error']?.({ where: 'uncaught exception', error }))).toHaveLength(3);
  expect(text(LINES['supervisor:error']?.({ where: 'unhandled rejection', error: 'words' }))).toEqual([
    'ERRO unhandled rejection: words',
  ]);
});

test('a plugin that held up the daemon is named, and for how long', () => {
  expect(text(LINES['plugin:held-up']?.({ plugin: 'p', where: 'hook spawn', tookMs: 19_960 }))).toEqual([
    'WARN plugin p held up the daemon for 20.0 s in hook spawn: nothing else was done meanwhile',
  ]);
});
