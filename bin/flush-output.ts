import type { Writable } from 'node:stream';
import { systemClock } from '../core/index.ts';

/** A reader that takes nothing does not keep the program from ending. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Waits until everything that was written has left the process. Pipes, files and terminals are written synchronously, but
 * sockets are not, and a parent in Node gives sockets: `process.exit` would cut off what it is told. Write errors are emitted first.
 */
export async function flushOutput(...streams: readonly Writable[]): Promise<void> {
  // A write that failed is reported after the code that wrote has returned.
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
