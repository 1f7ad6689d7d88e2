import { closeSync, constants, fstatSync, read, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { locate } from '../../../../core/index.ts';
import { identityOf } from './open-log.ts';
import { rotateCopy, UNFINISHED } from './rotate.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants;
const readAsync = promisify(read);

const CHUNK_BYTES = 1_048_576;
/**
 * How many times the bytes written meanwhile are copied off the event loop, before the rest is copied without a pause.
 */
const MOST_ROUNDS = 8;

/** A log that a program writes itself. */
export interface DirectFile {
  /** Empties the log. */
  readonly empty: () => void;
  readonly identity: string;
  readonly path: string;
  /** The mode of the copy. */
  readonly mode: number;
  readonly backups: number;
}

/**
 * Rotates a log whose program keeps it open: copies the bytes to a new backup, and empties the file. Most bytes are
 * copied off the event loop; the rest is copied, and the file emptied, without a pause. What the program writes in the
 * microseconds between the last two calls is lost, which is the price of a program that writes its log itself.
 * @throws the error of the system call. Then the log is as it was.
 */
export async function copyAndEmpty({ empty, identity, path, mode, backups }: DirectFile): Promise<void> {
  if (backups <= 0) return empty();
  using place = locate(path, { last: 'keep' });
  const { folder, name } = place;
  const unfinished = name + UNFINISHED.copy;
  folder.removeIfThere(unfinished);
  const source = folder.open(name, { flags: O_RDONLY });
  try {
    if (identityOf(fstatSync(source)) !== identity) throw new Error('another file has its name');
    const copy = folder.open(unfinished, { flags: O_WRONLY | O_CREAT | O_EXCL, mode });
    try {
      const position = await copyMost(source, copy);
      copyRest(source, copy, position);
      rotateCopy(folder, name, unfinished, backups);
      empty();
    } finally {
      closeSync(copy);
      folder.removeIfThere(unfinished);
    }
  } finally {
    closeSync(source);
  }
}

/**
 * Copies until less than a chunk is left, or MOST_ROUNDS are over. Returns the position of the first byte that is not
 * copied.
 */
async function copyMost(source: number, copy: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { size } = fstatSync(source);
    if (size - position < CHUNK_BYTES) break;
    while (position < size) {
      const { bytesRead } = await readAsync(source, buffer, 0, buffer.length, position);
      if (bytesRead === 0) return position;
      writeWhole(copy, buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
  }
  return position;
}

function copyRest(source: number, copy: number, from: number): void {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = from; ;) {
    const count = readSync(source, buffer, 0, buffer.length, position);
    if (count === 0) return;
    writeWhole(copy, buffer.subarray(0, count));
    position += count;
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}
