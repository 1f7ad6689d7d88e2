import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { ServerSentReader } from '../../../../../../plugins/control/web/client/server-sent.ts';

const read = (...pieces: readonly string[]) => {
  const reader = new ServerSentReader();
  return pieces.flatMap((piece) => reader.push(piece));
};

test('an event is what stands between empty lines', () => {
  expect(read('retry: 2000\nid: a-1\n\n: alive\n\nid: a-2\nevent: process:state\ndata: {"x":1}\n\ndata: y')).toEqual([
    { event: 'process:state', data: '{"x":1}', id: 'a-2' },
  ]);
});

test('without a name it is a message, of as many lines as there are, behind the last id', () => {
  expect(read('id: a-7\n\ndata:one\ndata: two\r\n\r\n')).toEqual([{ event: 'message', data: 'one\ntwo', id: 'a-7' }]);
});

test.prop([fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })])(
  'it does not matter how the stream is cut',
  (sizes) => {
    const text = 'id: a-1\nevent: x\ndata: 1\n\nid: a-2\ndata: 2\r\n\r\nevent: y\ndata: 3\n\n';
    const pieces: string[] = [];
    for (let at = 0, index = 0; at < text.length; index += 1) {
      const size = sizes[index % sizes.length] ?? 1;
      pieces.push(text.slice(at, at + size));
      at += size;
    }
    expect(read(...pieces)).toEqual(read(text));
  },
);

test('an event that does not end is given up', () => {
  const reader = new ServerSentReader();
  expect(() => {
    for (let round = 0; round < 100; round += 1) reader.push('x'.repeat(100_000));
  }).toThrow(RangeError);
});
