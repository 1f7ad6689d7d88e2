import { closeSync, constants, fstatSync, read, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { locate } from '../../../core/index.ts';
import { identityOf } from './open-log.ts';
import { rotateCopy, UNFINISHED } from './rotate.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants;
const readAsync = promisify(read);

const CHUNK_BYTES = 1_048_576;
/** How often the copy runs after what is written meanwhile, before the last of it is copied without a pause. */
const MOST_ROUNDS = 8;

/** A log that a program writes itself. */
export interface DirectFile {
  /** Empties it. */
  readonly empty: () => void;
  readonly identity: string;
  readonly path: string;
  /** Of the copy. */
  readonly mode: number;
  readonly backups: number;
}

/**
 * Rotates a log whose writer keeps it open: the bytes are copied to a new backup, and the file is emptied. Most of it is copied
 * off the event loop; the last of it, and the emptying, in one go. What is written in the microseconds between these two is
 * lost: that is the price of a program that writes its log itself.
 * @throws the error of the system call; then the log is as it was.
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

/** Copies until less than a chunk is left, or the program writes faster than that. Returns how far it came. */
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
