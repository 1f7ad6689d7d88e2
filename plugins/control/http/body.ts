import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './refusal.ts';

export interface BodyBounds {
  readonly maxBytes: number;
  /** Called before memory is allocated, with the number of bytes. @throws HttpRefusal if the budget is used up. */
  readonly hold: (bytes: number) => void;
}

/**
 * The first buffer; it doubles as needed. A body may arrive in pieces of any size: kept separately, single bytes would
 * cost a hundred each.
 */
const FIRST_BYTES = 16_384;

/**
 * Reads the body of a request, of at most `maxBytes`. If it is too long, or the budget is used up, the rest is read and
 * dropped.
 * @throws HttpRefusal 413 if it is too long, 400 if the client disconnects before the end, and what `hold` throws.
 */
export function readBody(request: IncomingMessage, { maxBytes, hold }: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let body = Buffer.alloc(0);
    let length = 0;
    const giveUp = (reason: Error): void => {
      body = Buffer.alloc(0);
      request.removeAllListeners('data');
      request.resume(); // read and drop the rest, otherwise the client would never read the answer
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
