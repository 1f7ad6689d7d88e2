import { close, closeSync, constants, fchmod, fchown, fstatSync, fsync, futimes, read, readSync, write } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { isSameFile, locate, type Folder } from '../../../core/index.ts';
import { briefly } from '../errno.ts';
import type { Log } from '../daemon-log/level.ts';
import { identityOf } from './open-log.ts';
import { UNFINISHED } from './rotate.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants;

/** The calls of Node that work in the threads of libuv, on descriptors. */
const calls = {
  close: promisify(close),
  fchmod: promisify(fchmod),
  fchown: promisify(fchown),
  fsync: promisify(fsync),
  futimes: promisify(futimes),
  read: promisify(read),
  write: promisify(write),
};

/**
 * Turns backups of logs (`x.log.1`) into compressed ones (`x.log.1.gz`), one at a time, in the threads of libuv.
 *
 * The bytes go to an unfinished file beside the log. When it is complete and on the disk, it gets its name, and the original
 * goes; these last two steps are synchronous, so that no rotation comes in between. A rotation that comes earlier gives
 * the original another number: it is found again by its inode. Whatever happens, the bytes are in the original
 * until they are in the compressed file. After a crash the unfinished file is begun anew, and where both are complete, the
 * original, of the same size and time, goes.
 *
 * The log's folder may belong to the program's user: it is held open, nothing there is followed, and the compressed file gets the
 * owner and mode of what it was read from.
 */
export class Compressor {
  readonly #report: Log;
  /** Logs whose backups are to be looked at, with how many there are: each once, however often it was rotated. */
  readonly #logs = new Map<string, number>();
  readonly #closing = new AbortController();
  /** What has been said already. */
  readonly #failures = new Set<string>();
  #work: Promise<void> | undefined;

  constructor(report: Log) {
    this.#report = report;
  }

  /** A log was rotated, or is written to for the first time: compresses all of its backups that are not. */
  add(path: string, backups: number): void {
    if (this.#closing.signal.aborted || backups <= 0) return;
    this.#logs.set(path, backups);
    this.#work ??= this.#run().finally(() => (this.#work = undefined));
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** Stops in the middle. What is not compressed is compressed after the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const [path, backups] = next;
      try {
        await this.#compressAll(path, backups);
        this.#failures.delete(path);
      } catch (error) {
        this.#failed(path, error);
      }
    }
  }

  #next(): [string, number] | undefined {
    const [next] = this.#logs;
    if (next === undefined || this.#closing.signal.aborted) return undefined;
    this.#logs.delete(next[0]);
    return next;
  }

  /** The folder stays open meanwhile: what is made, renamed and removed is in the folder that the log was found in. */
  async #compressAll(path: string, backups: number): Promise<void> {
    using place = locate(path, { last: 'keep' });
    const log: RotatedLog = { folder: place.folder, name: place.name, backups };
    const done = new Set<string>();
    for (;;) {
      const backup = findBackup(log, (identity) => !done.has(identity));
      if (backup === undefined || this.#closing.signal.aborted) return;
      done.add(backup.identity);
      await this.#compress(log, backup);
    }
  }

  async #compress(log: RotatedLog, { name, identity }: Backup): Promise<void> {
    const { folder } = log;
    const unfinished = log.name + UNFINISHED.compressed;
    if (isCopyOf(folder, `${name}.gz`, name)) return folder.remove(name);
    folder.removeIfThere(unfinished);
    const source = folder.open(name, { flags: O_RDONLY });
    try {
      // A rotation while it was opened has given the name to another file, and will bring us back.
      if (identityOf(fstatSync(source)) !== identity) return;
      if (await this.#write(source, folder, unfinished)) finish(log, identity);
    } finally {
      folder.removeIfThere(unfinished);
      await calls.close(source);
    }
  }

  /** `false`: somebody still writes to the original, so it stays. */
  async #write(source: number, folder: Folder, unfinished: string): Promise<boolean> {
    const { createGzip } = await import('node:zlib');
    const { uid, gid, mode, atime, mtime, size } = fstatSync(source);
    const target = folder.open(unfinished, { flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600 });
    try {
      await pipeline(readAll(source), createGzip(), (chunks: AsyncIterable<Buffer>) => writeAll(target, chunks), {
        signal: this.#closing.signal,
      });
      if (process.getuid?.() === 0) await calls.fchown(target, uid, gid);
      await calls.fchmod(target, mode & 0o777);
      await calls.futimes(target, atime, mtime);
      await calls.fsync(target);
      return fstatSync(source).size === size;
    } finally {
      await calls.close(target);
    }
  }

  #failed(path: string, error: unknown): void {
    if (this.#closing.signal.aborted || this.#failures.has(path)) return;
    this.#failures.add(path);
    this.#report('WARN', `cannot compress what was rotated out of ${path}: ${briefly(error)}; it stays as it is`);
  }
}

const CHUNK_BYTES = 262_144;

async function* readAll(file: number): AsyncGenerator<Buffer> {
  for (;;) {
    // A buffer for each chunk: the threads may still be at work on the one before.
    const { bytesRead, buffer } = await calls.read(file, Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function writeAll(file: number, chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) {
    for (let done = 0; done < chunk.length;) done += (await calls.write(file, chunk, done)).bytesWritten;
  }
}

/** A log whose backups are compressed. */
interface RotatedLog {
  readonly folder: Folder;
  readonly name: string;
  readonly backups: number;
}

interface Backup {
  readonly name: string;
  readonly identity: string;
}

/** The newest backup that is not compressed, and wanted. */
function findBackup(
  { folder, name, backups }: RotatedLog,
  isWanted: (identity: string) => boolean,
): Backup | undefined {
  for (let number = 1; number <= backups; number += 1) {
    const backup = `${name}.${number}`;
    const stat = folder.look(backup);
    const identity = stat?.isFile() === true ? identityOf(stat) : undefined;
    if (identity !== undefined && isWanted(identity)) return { name: backup, identity };
  }
  return undefined;
}

/** The compressed file takes the place of the original, wherever that is now. Where it is gone, nothing is left to be done. */
function finish(log: RotatedLog, identity: string): void {
  const { folder, name } = log;
  const now = findBackup(log, (other) => other === identity);
  if (now === undefined || folder.look(`${now.name}.gz`) !== undefined) return;
  folder.rename(name + UNFINISHED.compressed, `${now.name}.gz`);
  folder.remove(now.name);
}

/**
 * Whether a file is what compressing the original came to: it says how long that was, and is of the same time. Synchronous:
 * by the next turn a rotation may have given the name to another file.
 */
function isCopyOf(folder: Folder, compressed: string, original: string): boolean {
  const stat = folder.look(compressed);
  const of = folder.look(original);
  if (stat?.isFile() !== true || of === undefined || stat.size < 18) return false;
  if (Math.abs(stat.mtimeMs - of.mtimeMs) > 1) return false;
  const file = folder.open(compressed, { flags: O_RDONLY });
  try {
    if (!isSameFile(stat, fstatSync(file))) return false;
    const trailer = Buffer.alloc(4); // of a gzip file: the length of the original, modulo 2^32
    readSync(file, trailer, 0, 4, stat.size - 4);
    return trailer.readUInt32LE() === of.size % 2 ** 32;
  } finally {
    closeSync(file);
  }
}
