import { once } from 'node:events';
import type { Exchange } from './hooks.ts';

/**
 * Sends `pieces` as they come, until they end, the client disconnects, or the server closes; then `over` is aborted.
 * Nothing is buffered for a slow reader: the next piece is requested when the last one has been taken. The head was
 * written before; the answer is ended here.
 */
export async function sendPieces(
  { request, response, closing }: Pick<Exchange, 'request' | 'response' | 'closing'>,
  pieces: AsyncIterable<Uint8Array | string>,
  over: AbortController,
): Promise<void> {
  const end = (): void => over.abort();
  response.once('close', end);
  closing.addEventListener('abort', end);
  try {
    response.flushHeaders();
    if (request.method === 'HEAD' || closing.aborted || response.destroyed) return;
    for await (const piece of pieces) {
      if (response.write(piece)) continue;
      await once(response, 'drain', { signal: over.signal }).catch(() => undefined); // over: the loop ends by itself
    }
  } finally {
    closing.removeEventListener('abort', end);
    end();
    response.end();
  }
}
