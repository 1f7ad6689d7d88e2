import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './refusal.ts';

/**
 * The body of a request, which may be at most `maxBytes` long. One that is longer is not kept in memory while the rest
 * of it arrives.
 * @throws HttpRefusal 413 when it is too long, 400 when the client goes away in the middle.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLong = (): void => {
      request.removeAllListeners('data');
      request.resume(); // read on and forget, or the client would never see the answer
      reject(new HttpRefusal(413, `the body may have at most ${maxBytes} bytes`));
    };
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLong();

    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes) tooLong();
    });
    request.once('end', () => resolve(Buffer.concat(chunks, bytes)));
    request.once('error', () => reject(new HttpRefusal(400, 'the body broke off')));
    request.once('close', () => reject(new HttpRefusal(400, 'the body broke off'))); // after `end` this does nothing
    return undefined;
  });
}
