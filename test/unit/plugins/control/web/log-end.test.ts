import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { legible, limitOf, LONGEST_TAIL, readEnd, SHORTEST_TAIL } from '../../../../../plugins/control/web/log-end.ts';

test('a limit is at least what Supervisor shows, and at most what a page may hold', () => {
  for (const given of [undefined, '', '5', '-1', '1e9', 'x', '0x10', ' 9999'])
    expect(limitOf(given)).toBe(SHORTEST_TAIL);
  expect(limitOf('5000')).toBe(5_000);
  expect(limitOf('9'.repeat(400))).toBe(LONGEST_TAIL);
});

test('colours and cursor movements of a terminal are taken out, other control characters become visible', () => {
  expect(legible(Buffer.from('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007\u0000\u0007\tx\r\ny\n'))).toBe(
    'red ␀␇\tx\ny\n',
  );
});

test('a character that was cut in two at the beginning is left out; what is not UTF-8 is replaced', () => {
  const euro = Buffer.from('€uro');
  expect(legible(euro.subarray(1))).toBe('uro');
  expect(legible(euro.subarray(2))).toBe('uro');
  expect(legible(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\uFFFDb');
});

test.prop([fc.uint8Array({ maxLength: 200 })])(
  'no bytes make a control character that is not tab or line feed',
  (bytes) => {
    // eslint-disable-next-line no-control-regex
    expect(legible(bytes)).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
  },
);

test.prop([fc.string({ unit: 'grapheme' })])('plain text stays as it is', (text) => {
  expect(legible(Buffer.from(text))).toBe(text);
});

test('the last bytes are asked for; a process without a log has none', () => {
  const asked: number[][] = [];
  const read = (offset: number, length: number) => {
    asked.push([offset, length]);
    return { kind: 'bytes', bytes: Buffer.from('end') } as const;
  };
  expect(readEnd({ read }, 2_048)).toEqual({ kind: 'text', text: 'end' });
  expect(asked).toEqual([[-2_048, 0]]);
  expect(readEnd(undefined, 1)).toEqual({ kind: 'noFile' });
  expect(readEnd({ read: () => ({ kind: 'noFile' }) }, 1)).toEqual({ kind: 'noFile' });
  expect(readEnd({ read: () => ({ kind: 'failed' }) }, 1)).toEqual({ kind: 'failed' });
});
