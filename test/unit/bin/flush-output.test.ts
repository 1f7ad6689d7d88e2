import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { flushOutput } from '../../../bin/flush-output.ts';

test('what a slow reader has not taken yet is written before the end', async () => {
  let taken = '';
  const slow = new Writable({
    write(chunk: Buffer, _, done) {
      setImmediate(() => {
        taken += chunk.toString();
        done();
      });
    },
  });
  for (const line of ['a', 'b', 'c']) slow.write(line);
  await flushOutput(slow);
  expect(taken).toBe('abc');
});

test('a reader that has gone does not hold up the end', async () => {
  const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  gone.on('error', () => undefined);
  gone.write('a');
  await flushOutput(gone);
  expect(gone.errored).toBeInstanceOf(Error);
});
