import { followLog } from '../../../../plugins/control/client/index.ts';
import { describe, expect, test } from 'vitest';
import { parseWords } from '../../../../bin/ctl/commands/logs.ts';
import { fakeSession, fault, info } from './fake-session.ts';

const logged = (name: string, group = name) =>
  info(name, 20, 'RUNNING', { group, stdout_logfile: '/o', stderr_logfile: '/e' });
const PROCESSES = [
  logged('web'),
  logged('one', 'grp'),
  info('quiet', 20, 'RUNNING', { stdout_logfile: '', stderr_logfile: '' }),
];
const answers = {
  getAllProcessInfo: PROCESSES,
  readProcessStdoutLog: 'a\nb\nc\n',
  readProcessStderrLog: fault(20, 'NO_FILE'),
};

describe('logs', () => {
  test('shows the last lines of each log, with aligned names where there are several', async () => {
    const { session, did } = fakeSession({ answers });
    await session.run('logs -n 2 web grp:* quiet');
    expect(did.output).toBe('web     | b\nweb     | c\ngrp:one | b\ngrp:one | c\n');
    expect(session.exitStatus).toBe(0);
  });

  test('shows one log alone as it is', async () => {
    const { session, did } = fakeSession({ answers });
    await session.run('logs --stdout web');
    expect(did.output).toBe('a\nb\nc\n');
  });

  test('marks stderr, and colours names only where colours are wanted', async () => {
    const both = { ...answers, readProcessStderrLog: 'oops\n' };
    const plain = fakeSession({ answers: both });
    await plain.session.run('logs -n 1 web');
    expect(plain.did.output).toBe('web | c\nweb ! oops\n');
    const coloured = fakeSession({ answers: both, hasColour: true });
    await coloured.session.run('logs -n 1 web');
    expect(coloured.did.output).toBe('\u001b[36mweb | \u001b[0mc\n\u001b[31mweb ! \u001b[0moops\n');
  });

  test('with --json prints one document a line', async () => {
    const { session, did } = fakeSession({ answers });
    await session.run('logs --json -n1 grp:one');
    expect(JSON.parse(did.output)).toEqual({ group: 'grp', name: 'one', channel: 'stdout', line: 'c' });
  });

  test('a name that is not there and a log that was asked for and is not there are failures', async () => {
    const { session, did } = fakeSession({ answers });
    await session.run('logs nope nope:* web --stderr');
    expect(did.output).toBe('nope: ERROR (no such process)\nnope: ERROR (no such group)\nweb: ERROR (no stderr log)\n');
    expect(session.exitStatus).toBe(1);
  });

  test.each([
    ['-x', 'logs has no option -x'],
    ['-n', '-n needs a number of lines, not nothing'],
    ['-n many', '-n needs a number of lines, not many'],
    ['--lines=-1', '-n needs a number of lines, not -1'],
  ])('%s is refused with what is wrong', (words, problem) => {
    expect(parseWords(words.split(' '))).toBe(problem);
  });

  test('every way to say it is understood', () => {
    const expected = { names: ['a', 'b'], follows: true, lines: 5, channels: ['stderr'] };
    for (const words of ['-f -n 5 a b --stderr', '--follow a --lines=5 --stderr b', 'a b -n5 --stderr -f']) {
      expect(parseWords(words.split(' '))).toEqual(expected);
    }
  });
});

/** A daemon whose log tails are these texts, one for each connection; after the last one the reader leaves. */
async function followed(connections: readonly string[], whole = '', lines = 10) {
  const leave = new AbortController();
  const left = [...connections];
  const { session, clock } = fakeSession({ answers: { readProcessStdoutLog: whole } });
  const got: string[] = [];
  const told: string[] = [];
  const stream = async (take: (chunk: Buffer) => void | Promise<void>): Promise<void> => {
    const text = left.shift() ?? '';
    if (text !== '') await take(Buffer.from(text));
    if (left.length === 0) leave.abort();
  };
  const connection = session.connection;
  Object.defineProperty(session, 'connection', {
    value: { ...connection, stream: (_path: string, take: (chunk: Buffer) => void) => stream(take) },
  });
  const log = { process: 'web:web', channel: 'stdout' } as const;
  const onLine = (line: string) => void got.push(line);
  const onProblem = (problem: string) => void told.push(problem);
  const over = followLog(session.daemon, log, { lines, onLine, onProblem, signal: leave.signal, clock });
  while (!leave.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
  }
  await over;
  return { got, told, pending: clock.pending };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line number ${from + i}\n`).join('');

describe('a log that is followed', () => {
  test('begins with the lines asked for, from further back than the daemon sends by itself', async () => {
    const whole = numbered(0, 200);
    const { got } = await followed([whole.slice(-1024)], whole, 100);
    expect(got).toEqual(numbered(100, 200).trimEnd().split('\n'));
  });

  test('is one without gap or repetition when the connection was lost', async () => {
    const whole = numbered(0, 500);
    const at = (line: number) => numbered(0, line).slice(-1024);
    const { got, told, pending } = await followed([at(100), at(110), at(110), at(400)], numbered(0, 400), 5);
    expect(got).toEqual(numbered(95, 400).trimEnd().split('\n'));
    expect(new Set(told)).toEqual(new Set(['the daemon has closed the log; trying again']));
    expect(pending).toBe(0);
    expect(whole.startsWith(numbered(0, 400))).toBe(true);
  });

  test('that is another one now is shown from its beginning', async () => {
    const { got } = await followed([numbered(0, 3), 'a new log\n']);
    expect(got).toEqual(['line number 0', 'line number 1', 'line number 2', 'a new log']);
  });

  test('says so when lines may be missing', async () => {
    const { got, told } = await followed([numbered(0, 3), numbered(500, 600).slice(-1024)], numbered(500, 600));
    expect(got.slice(0, 4)).toEqual([
      'line number 0',
      'line number 1',
      'line number 2',
      expect.stringMatching(/^line/),
    ]);
    expect(got.at(-1)).toBe('line number 599');
    expect(told.at(-1)).toContain('some lines may be missing');
  });
});
