import type { JournalRecord } from './record.ts';

/**
 * A record is one line of JSON, so `jq` and `grep` can read the file:
 *
 *     {"v":1,"at":"2026-01-01T00:00:00.000Z", … ,"crc":"1a2b3c4d"}
 *
 * `crc` is the CRC-32 (as of zlib) of the bytes before `,"crc"`. A line with a wrong checksum was torn by a crash or is
 * not ours, and is ignored.
 */
export function printLine(record: JournalRecord): string {
  const body = JSON.stringify({ v: 1, ...record }).slice(0, -1);
  return `${body},"crc":"${checksum(Buffer.from(body))}"}\n`;
}

/** The beginning of every line. */
export const LINE_HEAD = '{"v":1,';

/** Parses a line without its line end; `undefined` if it is not a record. */
export function parseLine(line: string): JournalRecord | undefined {
  const [, body, crc] = /^(\{"v":1,.*),"crc":"([0-9a-f]{8})"\}$/s.exec(line) ?? [];
  if (body === undefined || checksum(Buffer.from(body)) !== crc) return undefined;
  try {
    // The checksum proves that tsvd wrote it.
    return JSON.parse(`${body}}`) as JournalRecord;
  } catch {
    return undefined;
  }
}

function checksum(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

/**
 * What each byte does to the remainder, for the polynomial that zlib, gzip and PNG use. Node has it only in newer
 * versions.
 */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1)
    remainder = (remainder & 1) === 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  return remainder;
});
