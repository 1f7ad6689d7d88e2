import { describe, expect, test } from 'vitest';
import { curveOf } from '../../../../../plugins/web/client/curve.ts';
import { happeningOf } from '../../../../../plugins/web/client/happening.ts';
import { entriesOf } from '../../../../../plugins/web/client/journal.ts';
import { commandOf } from '../../../../../plugins/web/client/keyboard.ts';
import { addressOf, besideAt } from '../../../../../plugins/web/client/route.ts';
import { matching, piecesOf } from '../../../../../plugins/web/client/search.ts';
import { durationText, shareText, sizeText } from '../../../../../plugins/web/client/words.ts';
import { status } from './status.ts';

test.each([
  [999, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_900_000, '1 h 05'],
  [86_400_000 * 12 + 3_600_000 * 4, '12 d 4 h'],
  [-5, '0 s'],
])('%d ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));

test.each([
  [0, '0 K'],
  [512 * 1024, '512 K'],
  [45.34 * 2 ** 20, '45.3 M'],
  [312 * 2 ** 20, '312 M'],
  [1.25 * 2 ** 30, '1.3 G'],
])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));

test.each([
  [0, '0 %'],
  [0.003, '0.3 %'],
  [0.0996, '10 %'],
  [2.4, '240 %'],
])('%d of a core is %s', (fraction, text) => expect(shareText(fraction)).toBe(text));

test('a curve ends at the right, and is as high as the scale says', () => {
  expect(curveOf([0, 1], { floor: 'zero', least: 0.1 })).toBe('M59.0 15.0L60.0 1.0');
  expect(curveOf([0, 0.05], { floor: 'zero', least: 0.1 })).toBe('M59.0 15.0L60.0 8.0');
});

describe('a key', () => {
  const press = { key: 's', hasModifier: false, isTyping: false, takesArrows: false, hasKeys: true };

  test('is a command', () => {
    expect(commandOf(press)).toBe('startOrStop');
    expect(commandOf({ ...press, key: 'x' })).toBeUndefined();
  });

  test('is text where text is typed, and the browser’s with a modifier', () => {
    expect(commandOf({ ...press, isTyping: true })).toBeUndefined();
    expect(commandOf({ ...press, hasModifier: true })).toBeUndefined();
    expect(commandOf({ ...press, key: 'Escape', isTyping: true })).toBe('leave');
  });

  test('that is a letter is no command for those who have switched them off', () => {
    expect(commandOf({ ...press, hasKeys: false })).toBeUndefined();
    expect(commandOf({ ...press, key: 'ArrowDown', hasKeys: false })).toBe('next');
    expect(commandOf({ ...press, key: 'ArrowDown', takesArrows: true })).toBeUndefined();
  });
});

test('what stands beside the table has an address, which leads back to it', () => {
  for (const beside of [
    { kind: 'process', name: 'grp:a b&c#', tab: 'history' },
    { kind: 'daemon', tab: 'log' },
  ] as const) {
    expect(besideAt(addressOf(beside))).toEqual(beside);
  }
  expect(besideAt('#nothing')).toBeUndefined();
  expect(besideAt('#process=web&tab=nonsense')).toEqual({ kind: 'process', name: 'web', tab: 'log' });
});

test('a search leaves the lines that have it, in any case, and marks it', () => {
  const line = (text: string) => ({ number: 0, spans: [], text });
  const blocks = [
    { first: 0, lines: [line('Error: no'), line('fine')] },
    { first: 100, lines: [line('fine, too')] },
  ];
  expect(matching(blocks, 'error').flatMap(({ lines }) => lines.map(({ text }) => text))).toEqual(['Error: no']);
  expect(matching(blocks, '')).toBe(blocks);
  expect(piecesOf('an ERROR, an error', 'error')).toEqual(['an ', 'ERROR', ', an ', 'error', '']);
  expect(piecesOf('İ error', 'error').join('')).toBe('İ error');
});

describe('an event', () => {
  test('is told in words', () => {
    const process = status({ state: 'EXITED' });
    expect(happeningOf('process:state', { process, from: 'RUNNING' }, 5)).toEqual({
      at: 5,
      event: 'process:state',
      process: 'web',
      text: 'running → exited',
      state: 'EXITED',
    });
    expect(happeningOf('process:exited', { process, reason: 'exit status 3', expected: false }, 5)?.text).toBe(
      'ended with exit status 3, which was not expected',
    );
    expect(happeningOf('supervisor:state', { from: 'running', to: 'stopping' }, 5)?.text).toBe(
      'the daemon is stopping',
    );
  });

  test('that nobody knows, or that is not as it should be, is left out', () => {
    expect(happeningOf('web:opened', {}, 5)).toBeUndefined();
    expect(happeningOf('process:state', { process: 7 }, 5)).toBeUndefined();
  });
});

test('records of the journal are told in words, with the last lines', () => {
  const whose = { at: '2026-01-01T00:00:00.000Z', group: 'web', name: 'web' };
  const entries = entriesOf([
    {
      ...whose,
      kind: 'ended',
      exit: { signal: 'SIGKILL' },
      asked: false,
      expected: false,
      by: { by: 'child' },
      ranSeconds: 65,
      outOfMemory: { kills: 1 },
      output: [
        { channel: 'stdout', lines: ['a', '\u0007b'] },
        { channel: 'stderr', lines: [] },
      ],
      decision: { kind: 'restart', delaySeconds: 0 },
    },
    { ...whose, kind: 'started', pid: 5, by: { by: 'client', detail: 'tsvctl' } },
    { ...whose, kind: 'of a newer daemon' },
  ]);
  expect(entries.map(({ text }) => text)).toEqual([
    'ended by SIGKILL after 1 min, the kernel was out of memory, not expected; started again',
    'started as process 5 by a client (tsvctl)',
  ]);
  expect(entries[0]?.output).toEqual([{ channel: 'stdout', text: 'a\n␇b' }]);
});
