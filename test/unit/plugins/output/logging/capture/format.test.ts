import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatted } from '../../../../../../plugins/output/logging/capture/format-sink.ts';
import { lineFormat, type LogFormat } from '../../../../../../plugins/output/logging/capture/line-format.ts';
import { programOptions } from '../../../../../../plugins/output/logging/options.ts';
import { linePrefix } from '../../../../../../plugins/output/logging/capture/line-prefix.ts';
import type { Sink } from '../../../../../../plugins/output/logging/sink.ts';
import { FakeClock } from '../../../../../../core/testing/index.ts';

/** A formatting sink over one that keeps everything, and that may refuse. */
function sinkUnderTest(format: LogFormat, prefix?: string) {
  const clock = new FakeClock();
  const state = { chunks: [] as Buffer[], wantsMore: true, ready: [] as (() => void)[] };
  const kept: Sink = {
    write(bytes, ready) {
      state.chunks.push(Buffer.from(bytes));
      if (!state.wantsMore) state.ready.push(ready);
      return state.wantsMore;
    },
  };
  const sink = formatted(kept, lineFormat(format, { process: 'web:web_00', stream: 'stderr' }, prefix), clock);
  const text = (): string => Buffer.concat(state.chunks).toString();
  return { sink, clock, state, text };
}

const nothing = (): void => undefined;

test('timestamped: each line begins with the moment at which its first byte was read, in UTC', () => {
  const { sink, clock, text } = sinkUnderTest('timestamped');
  sink.write(Buffer.from('one\ntw'), nothing);
  clock.advance(1_500);
  sink.write(Buffer.from('o\n\nthree\n'), nothing);
  expect(text()).toBe(
    '2026-01-01T00:00:00.000Z one\n2026-01-01T00:00:00.000Z two\n2026-01-01T00:00:01.500Z \n2026-01-01T00:00:01.500Z three\n',
  );
});

test('timestamped: bytes that are no text stay as they are', () => {
  const { sink, state } = sinkUnderTest('timestamped');
  sink.write(Buffer.from([0xff, 0x00, 0x0d, 0x0a]), nothing);
  expect(Buffer.concat(state.chunks).subarray(25)).toEqual(Buffer.from([0xff, 0x00, 0x0d, 0x0a]));
});

test('a prefix begins each line, after the time, and each piece of a long one', () => {
  const raw = sinkUnderTest('raw', 'web | ');
  raw.sink.write(Buffer.concat([Buffer.from('one\n\n'), Buffer.alloc(70_000, 'x'), Buffer.from('\n')]), nothing);
  expect(raw.text()).toMatch(/^web \| one\nweb \| \nweb \| x+\.\.\.\nweb \| \.\.\.x+\n$/);
  const timed = sinkUnderTest('timestamped', 'web | ');
  timed.sink.write(Buffer.from('one\n'), nothing);
  expect(timed.text()).toBe('2026-01-01T00:00:00.000Z web | one\n');
});

test('a prefix ends with a space, and has a colour of its process on a terminal alone', () => {
  expect(linePrefix('', 'web', '/dev/tty', {})).toBe('');
  expect(linePrefix('web |', 'web', '/dev/null', {})).toBe('web | ');
  expect(linePrefix('web |\t', 'web', '/nowhere', {})).toBe('web |\t');
  expect(linePrefix('web |', 'web', '/dev/tty', { NO_COLOR: '1' })).toBe('web | ');
  const coloured = linePrefix('web |', 'web', '/dev/tty', {});
  expect(coloured.replaceAll('\u001B', '')).toMatch(/^\[\d\dmweb \| \[0m$/);
  expect(linePrefix('web |', 'web', '/dev/tty', {})).toBe(coloured);
});

test.each([
  ['two\nlines', 'contains a line break'],
  ['x'.repeat(201), '201 characters'],
  [7, 'not a prefix'],
])('the prefix %j is refused', (given, message) => {
  expect(programOptions.stdout_prefix.schema['~standard'].validate(given)).toMatchObject({ issues: [{ message }] });
});

test('json: an object for each line, and U+FFFD for what is no UTF-8', () => {
  const { sink, text } = sinkUnderTest('json');
  sink.write(Buffer.concat([Buffer.from('say "hi" \u20ac '), Buffer.from([0xff, 0x0a])]), nothing);
  expect(text()).toBe(
    '{"time":"2026-01-01T00:00:00.000Z","process":"web:web_00","stream":"stderr","message":"say \\"hi\\" \u20ac \ufffd"}\n',
  );
});

test('a line without an end is written at the end of the run, and the next run begins a new one', () => {
  const { sink, text } = sinkUnderTest('timestamped');
  sink.write(Buffer.from('Password: '), nothing);
  expect(text()).toBe('');
  sink.endOfRun?.();
  sink.write(Buffer.from('again\n'), nothing);
  sink.endOfRun?.();
  expect(text()).toBe('2026-01-01T00:00:00.000Z Password: \n2026-01-01T00:00:00.000Z again\n');
});

test('a line of more than 64 KiB comes in pieces that say so, and no character is cut', () => {
  const long = `${'x'.repeat(65_535)}\u20ac${'y'.repeat(10)}`;
  const plain = sinkUnderTest('timestamped');
  plain.sink.write(Buffer.from(`${long}\n`), nothing);
  expect(plain.text()).toBe(
    `2026-01-01T00:00:00.000Z ${'x'.repeat(65_535)}...\n2026-01-01T00:00:00.000Z ...\u20ac${'y'.repeat(10)}\n`,
  );
  const json = sinkUnderTest('json');
  json.sink.write(Buffer.from(`${long}\n`), nothing);
  const records = json.text().trimEnd().split('\n').map(parsed);
  expect(records.map(({ continues }) => continues)).toEqual([true, undefined]);
  expect(records.map(({ message }) => message).join('')).toBe(long);
});

test('a line of exactly 64 KiB is whole', () => {
  const { sink, text } = sinkUnderTest('json');
  sink.write(Buffer.from(`${'x'.repeat(65_536)}\n`), nothing);
  sink.endOfRun?.();
  expect(text().split('\n').filter(Boolean)).toHaveLength(1);
  expect(text()).not.toContain('continues');
});

test('while the log wants no more, little is kept, and all of it is written in order afterwards', () => {
  const { sink, state } = sinkUnderTest('json');
  state.wantsMore = false;
  const told: string[] = [];
  const input = Array.from({ length: 60_000 }, (_, index) => `${index % 10}\n`).join('');
  expect(sink.write(Buffer.from(input), () => told.push('ready'))).toBe(false);
  expect(Buffer.concat(state.chunks).length).toBeLessThan(70_000);
  while (told.length === 0) {
    state.wantsMore = state.chunks.length > 5;
    state.ready.shift()?.();
  }
  expect([told, state.ready.length]).toEqual([['ready'], 0]);
  expect(messages(state.chunks)).toBe(input);
});

test('a run that ends while the log wants no more loses nothing', () => {
  const { sink, state } = sinkUnderTest('json');
  state.wantsMore = false;
  const input = 'a line\n'.repeat(20_000);
  sink.write(Buffer.from(`${input}rest`), nothing);
  sink.endOfRun?.();
  expect(messages(state.chunks)).toBe(`${input}rest\n`);
});

test('bytes in are bytes out, however they arrive', () => {
  const anyPieces = fc.array(
    fc.oneof(fc.string({ maxLength: 200 }), fc.constant('\n'), fc.constant('z'.repeat(40_000))),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(anyPieces, (pieces) => {
      const { sink, state } = sinkUnderTest('json');
      for (const piece of pieces) sink.write(Buffer.from(piece), nothing);
      sink.endOfRun?.();
      const input = pieces.join('');
      expect(messages(state.chunks)).toBe(input === '' || input.endsWith('\n') ? input : `${input}\n`);
    }),
  );
});

function parsed(line: string): { readonly message: string; readonly continues?: boolean } {
  return JSON.parse(line);
}

/** What the program wrote, from the records. */
function messages(chunks: readonly Buffer[]): string {
  const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1);
  return lines
    .map(parsed)
    .map(({ message, continues }) => (continues === true ? message : `${message}\n`))
    .join('');
}
