import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { LogLines } from '../../../../../../plugins/control/web/client/log-lines.ts';

const textOf = (log: LogLines): string[] => log.blocks.flatMap(({ lines }) => lines.map(({ text }) => text));

function logOf(...pieces: readonly string[]): LogLines {
  const log = new LogLines();
  for (const piece of pieces) log.push(piece);
  return log;
}

describe('a log in the page', () => {
  test('shows a line before it has ended, and goes on with it', () => {
    const log = logOf('one\ntw');
    expect(textOf(log)).toEqual(['one', 'tw']);
    log.push('o\n');
    expect(textOf(log)).toEqual(['one', 'two']);
    log.push('three');
    expect(textOf(log)).toEqual(['one', 'two', 'three']);
  });

  test('keeps empty lines', () => {
    expect(textOf(logOf('a\n\n', '\nb'))).toEqual(['a', '', '', 'b']);
  });

  test('takes the ends of lines of all systems, also where they are cut in two', () => {
    expect(textOf(logOf('a\r\nb\r', '\nc\n'))).toEqual(['a', 'b', 'c']);
  });

  test('overwrites nothing: a carriage return begins another line', () => {
    expect(textOf(logOf('10 %\r20 %\r30 %\n'))).toEqual(['10 %', '20 %', '30 %']);
  });

  test('carries a colour to the next line, once', () => {
    const log = logOf('\u001b[31mred\nstill', ' red\u001b[0m\nplain\n');
    const className = log.blocks.flatMap(({ lines }) => lines.map(({ spans }) => spans.map((span) => span.className)));
    expect(className).toEqual([['ink-1'], ['ink-1'], ['']]);
  });

  test('cuts a line of a megabyte, and says by how much', () => {
    const [line = '', next] = textOf(logOf(...Array<string>(16).fill('x'.repeat(65_536)), '\nnext'));
    expect(line).toBe(`${'x'.repeat(4_000)} … 1,044,576 more characters`);
    expect(next).toBe('next');
  });

  test('keeps the end of what it is given, within bounds', () => {
    const log = logOf(...Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`));
    expect(log.isCut).toBe(true);
    expect(textOf(log).length).toBeLessThanOrEqual(5_000);
    expect(textOf(log).at(-1)).toBe('line 19999');
    const wide = logOf(...Array.from({ length: 2_000 }, () => `${'y'.repeat(3_000)}\n`));
    expect(textOf(wide).join('').length).toBeLessThanOrEqual(1_000_000 + 100 * 3_000);
  });

  test('changes only the block that changes', () => {
    const log = logOf(...Array.from({ length: 250 }, (_, index) => `${index}\n`));
    const before = log.blocks;
    log.push('more\n');
    expect(log.blocks.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(log.blocks[0]).toBe(before[0]);
    expect(log.blocks[2]).not.toBe(before[2]);
  });

  test.prop([fc.array(fc.string({ maxLength: 20 })), fc.array(fc.nat(40))])(
    'reads the same however its text is cut into pieces',
    (lines, cuts) => {
      const text = lines.map((line) => `${line.replaceAll(/[\r\n]/g, '')}\n`).join('');
      const pieces: string[] = [];
      let rest = text;
      for (const cut of cuts) {
        pieces.push(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      expect(textOf(logOf(...pieces, rest))).toEqual(textOf(logOf(text)));
    },
  );
});
