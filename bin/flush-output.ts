import type { Writable } from 'node:stream';
import { systemClock } from '../core/index.ts';

/** A reader that does not read must not prevent the exit. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Waits until all output has left the process. Pipes, files and terminals are written synchronously, but sockets are
 * not, and a parent in Node uses sockets: `process.exit` would cut off the output. Write errors are emitted first.
 */
export async function flushOutput(...streams: readonly Writable[]): Promise<void> {
  // A failed write is reported after the writing code has returned.
  await new Promise<void>((resolve) => setImmediate(resolve));
  const busy = streams.filter(({ writableLength }) => writableLength > 0);
  if (busy.length === 0) return;
  await new Promise<void>((resolve) => {
    const limit = systemClock.setTimer(LONGEST_WAIT_MS, resolve);
    const written = busy.map((stream) => new Promise<void>((done) => stream.write('', () => done())));
    void Promise.all(written).then(() => {
      limit.cancel();
      resolve();
    });
  });
}
