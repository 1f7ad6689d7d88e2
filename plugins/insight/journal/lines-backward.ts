import { closeSync, constants, fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { openFile } from '../../../core/index.ts';

const readAsync = promisify(read);
const CHUNK = 64 * 1024;

/**
 * Reads lines backwards: the last line of the first file first, each without its line end. Reads only as much as is
 * consumed, one chunk at a time, so that other work continues. A missing file has no lines.
 */
export async function* linesBackward(paths: readonly string[]): AsyncGenerator<string> {
  // All files are opened first: otherwise a rotation would move a file from one name to the next.
  const files: number[] = [];
  try {
    for (const path of paths) {
      const file = openIfThere(path);
      if (file !== undefined) files.push(file);
    }
    for (const file of files) yield* linesOf(file);
  } finally {
    for (const file of files) closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openFile(path, { flags: constants.O_RDONLY, last: 'keep' });
  } catch {
    return undefined;
  }
}

async function* linesOf(file: number): AsyncGenerator<string> {
  let end = fstatSync(file).size;
  /** The end of a line whose beginning is in a chunk not read yet; its pieces in order. */
  let tail: Buffer[] = [];
  let isFirst = true;
  while (end > 0) {
    const from = Math.max(0, end - CHUNK);
    const chunk = Buffer.alloc(end - from);
    await readAsync(file, chunk, 0, chunk.length, from);
    end = from;
    let lineEnd = chunk.length;
    for (let at = chunk.lastIndexOf(0x0a); at !== -1; at = at === 0 ? -1 : chunk.lastIndexOf(0x0a, at - 1)) {
      const line = Buffer.concat([chunk.subarray(at + 1, lineEnd), ...tail]).toString();
      tail = [];
      lineEnd = at;
      // The text after the last line end is empty, or a line that is being written.
      if (!isFirst) yield line;
      isFirst = false;
    }
    tail = [chunk.subarray(0, lineEnd), ...tail];
  }
  if (!isFirst) yield Buffer.concat(tail).toString();
}
