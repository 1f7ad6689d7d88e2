import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnsiStripper } from '../../../../../../plugins/output/logging/capture/strip-ansi.ts';

function strip(...pieces: readonly Uint8Array[]): string {
  const stripper = new AnsiStripper();
  return Buffer.concat([...pieces.map((piece) => Buffer.from(stripper.push(piece))), stripper.flush()]).toString(
    'latin1',
  );
}

test('colours, cursor movements and queries are removed', () => {
  expect(strip(Buffer.from('\u001b[31mred\u001b[0m \u001b[2J\u001b[1;32mgreen\u001b[m\u001b[6n!\n'))).toBe(
    'red green!\n',
  );
});

test('an ESC that begins no sequence stays', () => {
  expect(strip(Buffer.from('a\u001bMb\u001b'))).toBe('a\u001bMb\u001b');
});

test('a sequence that is broken off takes no text with it', () => {
  expect(strip(Buffer.from('\u001b[31\nnext line\n'))).toBe('\nnext line\n');
});

const bytes = fc.array(fc.constantFrom(0x1b, 0x5b, 0x33, 0x6d, 0x41, 0x0a, 0xff), { maxLength: 40 });

test('where the output is cut makes no difference', () => {
  fc.assert(
    fc.property(bytes, fc.nat(), (given, at) => {
      const whole = Uint8Array.from(given);
      const place = at % (whole.length + 1);
      expect(strip(whole.subarray(0, place), whole.subarray(place))).toBe(strip(whole));
    }),
  );
});
