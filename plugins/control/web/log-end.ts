import { stripVTControlCharacters } from 'node:util';
import type { ChildLog } from '../../output/logging/index.ts';

/** The end of a log, as text to show. */
export type LogEnd =
  | { readonly kind: 'text'; readonly text: string }
  /** Its output goes nowhere, or to syslog, or nothing was written yet. */
  | { readonly kind: 'noFile' }
  | { readonly kind: 'failed' };

/** In bytes. Supervisor shows no less than the first. The last bounds a page: the rest is for `tail` and `logtail/`. */
export const SHORTEST_TAIL = 1_024;
export const USUAL_TAIL = 16_384;
export const LONGEST_TAIL = 1_048_576;

/** What a `limit` in a query means. */
export function limitOf(given: string | undefined): number {
  if (given === undefined || !/^\d+$/.test(given)) return SHORTEST_TAIL;
  return Math.min(LONGEST_TAIL, Math.max(SHORTEST_TAIL, Number(given)));
}

export function readEnd(log: Pick<ChildLog, 'read'> | undefined, limit: number): LogEnd {
  const result = log?.read(-limit, 0);
  switch (result?.kind) {
    case 'bytes':
      return { kind: 'text', text: legible(result.bytes) };
    case 'failed':
    case 'badArguments':
      return { kind: 'failed' };
    case 'noFile':
    case undefined:
      return { kind: 'noFile' };
  }
}

/**
 * Bytes of a log as text: without the colours and cursor movements of a terminal, with a picture in the place of any
 * other control character, and with a replacement character for what is not UTF-8. A character that the limit cut in
 * two is left out.
 */
export function legible(bytes: Uint8Array): string {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start).toString();
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replace(CONTROLS, (character) => String.fromCodePoint(PICTURES + character.charCodeAt(0)));
}

/** All of C0 but tab and line feed. */
const CONTROLS = /[^\P{Cc}\t\n\u007F-\u009F]/gu;
/** Unicode has a visible sign for each of them, in their order. */
const PICTURES = 0x2400;

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
