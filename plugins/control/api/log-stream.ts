import { closeSync, createReadStream, fstatSync } from 'node:fs';
import type { Exchange } from '../http/index.ts';
import { HttpRefusal, sendPieces } from '../http/index.ts';
import type { ActivityLogFile, ChildLog } from '../../output/logging/index.ts';
import { printEvent } from './event-stream.ts';

/** A log to send, and how. */
export interface LogRequest {
  readonly log: Pick<ChildLog | ActivityLogFile, 'open' | 'follow'> | undefined;
  /** The file name for browsers. */
  readonly name: string;
  /** The number of existing bytes to send; `undefined` for all. */
  readonly tail: number | undefined;
  /** Whether to follow what is appended. */
  readonly isFollowing: boolean;
  readonly isDownload: boolean;
}

/** Sends a log: its raw bytes, or server-sent events to clients that accept them. At the client's pace. */
export async function sendLog(exchange: Exchange, request: LogRequest): Promise<void> {
  const isEvents = /\btext\/event-stream\b/i.test(exchange.request.headers.accept ?? '');
  const over = new AbortController();
  const pieces = piecesOf(request, over.signal);
  if (pieces === undefined) throw new HttpRefusal(404, 'there is no such log', {}, { code: 'NO_FILE' });
  exchange.response.writeHead(200, {
    'Content-Type': isEvents ? 'text/event-stream' : 'text/plain;charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Accel-Buffering': 'no', // otherwise nginx would buffer pages of it
    ...(request.isDownload && { 'Content-Disposition': attachment(request.name) }),
  });
  await sendPieces(exchange, isEvents ? asEvents(pieces) : pieces, over);
}

function piecesOf(request: LogRequest, signal: AbortSignal): AsyncIterable<Buffer> | undefined {
  const { log, tail = Infinity, isFollowing } = request;
  if (log === undefined) return undefined;
  return isFollowing ? log.follow({ last: tail, signal }) : endOf(log, tail, signal);
}

/** The current content of a file, from `tail` bytes before its end. It stays the same file through a rotation. */
function endOf(
  log: NonNullable<LogRequest['log']>,
  tail: number,
  signal: AbortSignal,
): AsyncIterable<Buffer> | undefined {
  const fd = log.open();
  if (fd === undefined) return undefined;
  const { size } = fstatSync(fd);
  const start = Math.max(0, size - tail);
  if (start < size) return createReadStream('', { fd, start, end: size - 1, signal });
  closeSync(fd);
  return nothing();
}

async function* nothing(): AsyncGenerator<Buffer> {}

/** Each piece as a JSON string. A character that spans two pieces comes with the second; invalid UTF-8 is replaced. */
async function* asEvents(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  yield 'retry: 2000\n\n';
  for await (const piece of pieces) yield `data: ${JSON.stringify(decoder.decode(piece, { stream: true }))}\n\n`;
  const rest = decoder.decode();
  if (rest !== '') yield `data: ${JSON.stringify(rest)}\n\n`;
  yield printEvent('end', '{}');
}

/** A process name may contain anything; a header may not. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\w.@+-]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`;
}
