import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './refusal.ts';

export interface BodyBounds {
  readonly maxBytes: number;
  /** Called before memory is taken, with the number of bytes. @throws HttpRefusal where there is no room for them. */
  readonly hold: (bytes: number) => void;
}

/** The first piece of memory; it grows twofold. Pieces of a body come in any size: kept apart, single bytes would cost a hundred each. */
const FIRST_BYTES = 16_384;

/**
 * The body of a request, which may be at most `maxBytes` long. One that is too long, or has no room, is not kept in memory while
 * the rest of it arrives.
 * @throws HttpRefusal 413 when it is too long, 400 when the client goes away in the middle, what `hold` throws.
 */
export function readBody(request: IncomingMessage, { maxBytes, hold }: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let body = Buffer.alloc(0);
    let length = 0;
    const giveUp = (reason: Error): void => {
      body = Buffer.alloc(0);
      request.removeAllListeners('data');
      request.resume(); // read on and forget, or the client would never see the answer
      reject(reason);
    };
    const tooLong = (): void => giveUp(new HttpRefusal(413, `the body may have at most ${maxBytes} bytes`));
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLong();

    request.on('data', (chunk: Buffer) => {
      const needed = length + chunk.length;
      if (needed > maxBytes) return tooLong();
      if (needed > body.length) {
        const size = Math.min(maxBytes, Math.max(needed, FIRST_BYTES, body.length * 2));
        try {
          hold(size - body.length);
        } catch (error) {
          return giveUp(error instanceof Error ? error : new Error(String(error)));
        }
        const larger = Buffer.allocUnsafeSlow(size);
        body.copy(larger, 0, 0, length);
        body = larger;
      }
      chunk.copy(body, length);
      length = needed;
      return undefined;
    });
    request.once('end', () => resolve(body.subarray(0, length)));
    request.once('error', () => reject(new HttpRefusal(400, 'the body broke off')));
    request.once('close', () => reject(new HttpRefusal(400, 'the body broke off'))); // after `end` this does nothing
    return undefined;
  });
}
