import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BEGIN_TAG, Capture, END_TAG } from '../../../../../../plugins/output/logging/capture/capture.ts';

/** What becomes of output that arrives in these pieces. */
function capture(pieces: readonly Uint8Array[], maxBytes = 1_000_000) {
  const logged: Uint8Array[] = [];
  const inside: Uint8Array[] = [];
  const messages: string[] = [];
  const subject = new Capture(maxBytes, {
    log: (bytes) => logged.push(Buffer.from(bytes)),
    inside: (bytes) => inside.push(Buffer.from(bytes)),
    captured: (bytes) => messages.push(Buffer.from(bytes).toString('latin1')),
  });
  for (const piece of pieces) subject.push(piece);
  const beforeFlush = Buffer.concat(logged).toString('latin1');
  subject.flush();
  return {
    log: Buffer.concat(logged).toString('latin1'),
    beforeFlush,
    inside: Buffer.concat(inside).toString('latin1'),
    messages,
  };
}

/** Cuts bytes at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const MESSAGE = Buffer.concat([
  Buffer.from('a'),
  BEGIN_TAG,
  Buffer.from('one'),
  END_TAG,
  Buffer.from('b'),
  BEGIN_TAG,
  END_TAG,
]);

test('a message cut at any place is the same message', () => {
  for (let place = 0; place <= MESSAGE.length; place += 1) {
    const result = capture([MESSAGE.subarray(0, place), MESSAGE.subarray(place)]);
    expect(result).toMatchObject({ log: 'ab', messages: ['one', ''], inside: 'one' });
  }
});

test('a message that arrives byte by byte is the same message', () => {
  expect(capture([...MESSAGE].map((byte) => Uint8Array.of(byte)))).toMatchObject({ log: 'ab', messages: ['one', ''] });
});

test('short output is not held back unless it could be the beginning of a tag', () => {
  expect(capture([Buffer.from('hello\n')]).beforeFlush).toBe('hello\n');
  expect(capture([Buffer.from('hello<!--X')])).toMatchObject({ beforeFlush: 'hello', log: 'hello<!--X' });
});

test('a message without an end goes to the log', () => {
  const begun = Buffer.concat([BEGIN_TAG, Buffer.from('lost?'), END_TAG.subarray(0, 5)]);
  expect(capture([begun])).toMatchObject({ log: begun.toString(), messages: [] });
});

test('of a message that is too long the newest bytes are kept', () => {
  const message = Buffer.concat([BEGIN_TAG, Buffer.from('0123456789'), END_TAG]);
  expect(capture([message], 4).messages).toEqual(['6789']);
  expect(capture(cut(message, [30, 31, 32]), 4).messages).toEqual(['6789']);
});

const text = fc.array(
  fc.constantFrom('x', '<', '!', '-', '<!--X', BEGIN_TAG.toString(), END_TAG.toString(), '\u0000ÿ'),
  { maxLength: 20 },
);

test('bytes in are bytes out, and pieces make no difference', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 30 }), (parts, places) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      const whole = capture([bytes]);
      const inPieces = capture(cut(bytes, places));
      expect(inPieces.log).toBe(whole.log);
      expect(inPieces.messages).toEqual(whole.messages);
      const tags = whole.messages.length * (BEGIN_TAG.length + END_TAG.length);
      expect(whole.log.length + whole.messages.join('').length + tags).toBe(bytes.length);
    }),
  );
});
