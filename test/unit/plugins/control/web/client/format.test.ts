import { describe, expect, test } from 'vitest';
import { curveOf } from '../../../../../../plugins/control/web/client/curve.ts';
import { readEvent } from '../../../../../../plugins/control/web/client/event-line.ts';
import { entriesOf } from '../../../../../../plugins/control/web/client/journal.ts';
import { commandOf } from '../../../../../../plugins/control/web/client/keyboard.ts';
import { addressOf, sidePanelAt } from '../../../../../../plugins/control/web/client/route.ts';
import { matching, piecesOf } from '../../../../../../plugins/control/web/client/search.ts';
import {
  dayText,
  durationText,
  shareText,
  shortMomentText,
  sizeText,
} from '../../../../../../plugins/control/web/client/format.ts';
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

describe('a key that is pressed on the page', () => {
  const press = { key: 's', hasModifier: false, isTyping: false, takesArrows: false, hasKeys: true };

  test('stands for a command, or for nothing', () => {
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
  for (const panel of [
    { kind: 'process', name: 'grp:a b&c#', tab: 'history' },
    { kind: 'daemon', tab: 'log' },
  ] as const) {
    expect(sidePanelAt(addressOf(panel))).toEqual(panel);
  }
  expect(sidePanelAt('#nothing')).toBeUndefined();
  expect(sidePanelAt('#process=web&tab=nonsense')).toEqual({ kind: 'process', name: 'web', tab: 'log' });
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

describe('an event of the daemon, on the page', () => {
  test('becomes a line of news for each kind that users see', () => {
    const process = status({ state: 'EXITED' });
    const cause = { by: 'client', detail: 'tsvctl' };
    expect(readEvent('process:state', { process, from: 'RUNNING', cause }, 5)).toEqual({
      at: 5,
      kind: 'state',
      process: 'web',
      from: 'RUNNING',
      to: 'EXITED',
      by: 'client',
      cause: 'by a client (tsvctl)',
    });
    expect(readEvent('process:exited', { process, reason: 'exit status \u00073', expected: false }, 5)).toMatchObject({
      kind: 'ended',
      how: 'exit status ␇3',
      isBad: true,
    });
    expect(readEvent('supervisor:state', { from: 'running', to: 'stopping' }, 5)).toMatchObject({
      text: 'the daemon is stopping',
    });
  });

  test('that nobody knows, or that is not as it should be, is left out', () => {
    expect(readEvent('web:opened', {}, 5)).toBeUndefined();
    expect(readEvent('process:state', { process: 7 }, 5)).toBeUndefined();
  });
});

test('a time of today is a time, that of another day has its date', () => {
  const noon = new Date(2026, 0, 31, 12, 3, 4).getTime();
  expect(shortMomentText(noon, noon + 60_000)).toBe('12:03:04');
  expect(shortMomentText(noon, noon + 86_400_000)).toBe('31 Jan 12:03');
  expect(dayText(noon)).toBe('Sat 31 Jan 2026');
});

test('the journal of a program that flaps is one entry, which counts', () => {
  const whose = { group: 'web', name: 'web' };
  const by = { by: 'child', detail: 'exit status 1' };
  const records = Array.from({ length: 40 }, (_, index) => {
    const at = new Date(Date.UTC(2026, 0, 1) - index * 3_000).toISOString();
    return [
      { ...whose, at, kind: 'started', pid: 100 + index, by },
      {
        ...whose,
        at,
        kind: 'ended',
        exit: { code: 1 },
        asked: false,
        expected: false,
        by,
        ranSeconds: 1 + (index % 3),
        output: [],
        decision: { kind: 'restart', delaySeconds: 0 },
      },
    ];
  });
  expect(entriesOf(records.flat())).toMatchObject([
    { count: 40, at: '2026-01-01T00:00:00.000Z', since: '2025-12-31T23:58:03.000Z' },
  ]);
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
