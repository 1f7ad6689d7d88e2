import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { characters, cutOff } from '../../../../../plugins/programs/eventlistener/characters.ts';
import { textOf } from '../../../../../plugins/output/logging/index.ts';

test.each([
  { bytes: Buffer.from('grün'), text: 'grün' },
  { bytes: Buffer.from('\ufeffmark'), text: '\ufeffmark' },
  { bytes: Buffer.from([0x61, 0xff, 0x0a]), text: String.raw`Undecodable: b'a\xff\n'` },
  { bytes: Buffer.from([0x27, 0x80]), text: String.raw`Undecodable: b"'\x80"` },
  { bytes: Buffer.from([0x27, 0x22, 0x80, 0x5c, 0x09, 0x0d]), text: String.raw`Undecodable: b'\'"\x80\\\t\r'` },
])('what no UTF-8 is, is shown as Python shows it: $text', ({ bytes, text }) => {
  expect(textOf(bytes)).toBe(text);
});

test('characters are counted as Python counts them', () => {
  const same = fc.property(fc.string({ unit: 'binary' }), (text) => {
    expect(characters(text)).toBe(Array.from(text).length);
  });
  fc.assert(same);
});

test('wherever a read ends, the characters before the cut are whole', () => {
  const whole = fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
    const bytes = Buffer.from(text);
    const read = bytes.subarray(0, at % (bytes.length + 1));
    const cut = cutOff(read);
    expect(textOf(read.subarray(0, read.length - cut))).not.toContain('Undecodable');
    expect(cut).toBeLessThan(4);
  });
  fc.assert(whole, { numRuns: 1_000 });
});

test.each([
  { bytes: [0x80, 0x80, 0x80, 0x80], cut: 0 },
  { bytes: [0xff], cut: 1 },
  { bytes: [0xc3, 0xa4], cut: 0 },
  { bytes: [0x41, 0xf0, 0x9f, 0x98], cut: 3 },
])('bytes that never were text are not waited for: $bytes', ({ bytes, cut }) => {
  expect(cutOff(Uint8Array.from(bytes))).toBe(cut);
});
