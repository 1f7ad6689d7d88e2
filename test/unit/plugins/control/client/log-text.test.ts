import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  continueAfter,
  countLines,
  lastLines,
  LineCutter,
  LONGEST_LINE,
  REMEMBERED,
} from '../../../../../plugins/control/client/log-text.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('lines', () => {
  test('come out whole, however the bytes come in', () => {
    const cutter = new LineCutter();
    expect([...cutter.cut(bytes('one\ntw'))]).toEqual(['one']);
    expect([...cutter.cut(bytes('o\r\n\nth'))]).toEqual(['two', '']);
    expect([...cutter.end()]).toEqual(['th']);
    expect([...cutter.end()]).toEqual([]);
  });

  test('of more than 64 KiB come in pieces, so that one without an end is not kept for ever', () => {
    const cutter = new LineCutter();
    const pieces = [...cutter.cut(Buffer.alloc(2 * LONGEST_LINE + 1, 'x'))];
    expect(pieces.map(({ length }) => length)).toEqual([LONGEST_LINE, LONGEST_LINE]);
    expect([...cutter.end()]).toEqual(['x']);
  });

  property.prop([fc.array(fc.stringMatching(/^[a-zé]*$/)), fc.array(fc.nat({ max: 5 }))])(
    'are the same whatever the pieces are',
    (lines, sizes) => {
      const all = bytes(lines.map((line) => `${line}\n`).join(''));
      const cutter = new LineCutter();
      const got: string[] = [];
      let at = 0;
      for (const size of sizes) {
        got.push(...cutter.cut(all.subarray(at, at + size)));
        at += size;
      }
      got.push(...cutter.cut(all.subarray(at)));
      expect(got).toEqual(lines);
    },
  );
});

test.each([
  ['a\nb\nc\n', 2, 'b\nc\n'],
  ['a\nb\nc', 2, 'b\nc'],
  ['a\nb\n', 5, 'a\nb\n'],
  ['a\n', 0, ''],
  ['', 3, ''],
  ['\n\n\n', 2, '\n\n'],
])('of %j the last %i lines are %j', (text, count, expected) => {
  expect(lastLines(bytes(text), count).toString()).toBe(expected);
});

test('a last line without an end counts', () => {
  expect(['', 'a', 'a\n', 'a\nb', '\n'].map((text) => countLines(bytes(text)))).toEqual([0, 1, 1, 2, 1]);
});

describe('after a lost connection', () => {
  const log = bytes(Array.from({ length: 400 }, (_, i) => `line ${i}\n`).join(''));
  const end = (size: number): Buffer => log.subarray(Math.max(0, size - REMEMBERED), size);

  test.each([0, 1, 100, 500, 900])('a log that grew by %i bytes goes on where it was', (grown) => {
    const size = 2000;
    expect(continueAfter(end(size), end(size + grown))?.toString()).toBe(log.subarray(size, size + grown).toString());
  });

  test('one that grew by too much, or is another, cannot be told apart from here', () => {
    expect(continueAfter(end(1500), end(3000))).toBeUndefined();
    expect(continueAfter(end(1500), bytes('something else\n'))).toBeUndefined();
  });

  test('the place is found in a longer piece of the log', () => {
    expect(continueAfter(end(1500), log)?.toString()).toBe(log.subarray(1500).toString());
  });

  test('a short log is known from its first byte', () => {
    expect(continueAfter(bytes('a\n'), bytes('a\nb\n'))?.toString()).toBe('b\n');
    expect(continueAfter(bytes(''), bytes('b\n'))?.toString()).toBe('b\n');
  });
});
