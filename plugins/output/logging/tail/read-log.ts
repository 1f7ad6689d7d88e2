import { closeSync, fstatSync, readSync } from 'node:fs';
import { isLogThere, openToRead } from '../file/open-log.ts';

/** Where a log is read. */
export interface LogPlace {
  readonly path: string;
}

export type ReadResult =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** There is no file. */
  | { readonly kind: 'noFile' }
  | { readonly kind: 'badArguments' }
  /** There is something under the name, but it cannot be read as a file. */
  | { readonly kind: 'failed' };

/** The end of a log, its size, and whether bytes before it were left out. */
export interface TailResult {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly overflow: boolean;
}

const NOTHING = Buffer.alloc(0);

/**
 * Reads a part of a file. Length 0: up to the end. A negative offset: the last bytes, and then the length has to be 0.
 * Supervisor: options.py readFile.
 */
export function readLog(log: LogPlace, offset: number, length: number): ReadResult {
  if (!isLogThere(log.path)) return { kind: 'noFile' };
  const result = withFile<ReadResult>(log, (fd, size) => {
    const range = rangeToRead(size, offset, length);
    return range === undefined ? { kind: 'badArguments' } : { kind: 'bytes', bytes: readRange(fd, range) };
  });
  return result ?? { kind: 'failed' };
}

/**
 * The last `length` bytes, even if they begin before `offset`, which mostly decides what `overflow` is. Supervisor:
 * options.py tailFile.
 */
export function tailLog(log: LogPlace, offset: number, length: number): TailResult {
  if (!isLogThere(log.path)) return { bytes: NOTHING, offset: 0, overflow: false };
  const result = withFile<TailResult>(log, (fd, size) => {
    const overflow = size > offset + length;
    return { bytes: readRange(fd, rangeOfTail(size, offset, length)), offset: size, overflow };
  });
  return result ?? { bytes: NOTHING, offset, overflow: false };
}

/** A part of a file: where it begins, and how long it is at most. */
export interface Range {
  readonly from: number;
  readonly length: number;
}

/** The range that a read of a file of this size asks for; `undefined` for invalid arguments. */
export function rangeToRead(size: number, offset: number, length: number): Range | undefined {
  if (offset < 0) return length === 0 ? { from: Math.max(0, size + offset), length: -offset } : undefined;
  if (length < 0) return undefined;
  return { from: offset, length: length === 0 ? Math.max(0, size - offset) : length };
}

/** The range that a tail of a file of this size asks for. */
export function rangeOfTail(size: number, offset: number, length: number): Range {
  const from = size > offset + length ? size - 1 : offset;
  if (from + length <= size) return { from: Math.max(0, from), length: Math.max(0, length) };
  const available = from > size - 1 ? 0 : length;
  return { from: Math.max(0, size - available), length: Math.max(0, available) };
}

function withFile<Result>(log: LogPlace, read: (fd: number, size: number) => Result): Result | undefined {
  const fd = openToRead(log);
  if (fd === undefined) return undefined;
  try {
    return read(fd, fstatSync(fd).size);
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function readRange(fd: number, { from, length }: Range): Buffer {
  const size = Math.max(0, Math.min(length, fstatSync(fd).size - from));
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const count = readSync(fd, bytes, done, size - done, from + done);
    if (count === 0) break; // the file was emptied meanwhile
    done += count;
  }
  return bytes.subarray(0, done);
}
