import { close, closeSync, constants, fchmod, fchown, fstatSync, fsync, futimes, read, readSync, write } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { isSameFile, locate, type Folder } from '../../../../core/index.ts';
import { briefly } from '../errno.ts';
import type { Log } from '../daemon-log/level.ts';
import { identityOf } from './open-log.ts';
import { UNFINISHED } from './rotate.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants;

/** Calls on descriptors that run in the thread pool of libuv. */
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
 * Compresses backups of logs (`x.log.1` to `x.log.1.gz`), one at a time, in the thread pool of libuv.
 *
 * The bytes are written to an unfinished file beside the log. When that is complete and on the disk, it gets its name,
 * and the original is removed. These last two steps are synchronous, so that no rotation happens between them. A
 * rotation before them gives the original another number; its inode identifies it. At any moment the bytes are in the
 * original or in the compressed file. After a crash the unfinished file is begun anew. If both files are complete, of
 * the same size and time, the original is removed.
 *
 * The log's folder may belong to the program's user: it is held open, no link in it is followed, and the compressed
 * file gets the owner and mode of the original.
 */
export class Compressor {
  readonly #report: Log;
  /** The logs to be compressed, each once, with the number of their backups. */
  readonly #logs = new Map<string, number>();
  readonly #closing = new AbortController();
  /** Logs whose failure was reported already. */
  readonly #failures = new Set<string>();
  #work: Promise<void> | undefined;

  constructor(report: Log) {
    this.#report = report;
  }

  /** Compresses all backups of a log that are not compressed: after a rotation, and at its first write. */
  add(path: string, backups: number): void {
    if (this.#closing.signal.aborted || backups <= 0) return;
    this.#logs.set(path, backups);
    this.#work ??= this.#run().finally(() => (this.#work = undefined));
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** Stops at once. The rest is compressed after the next start. */
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

  /** Holds the folder open, so that all files are created, renamed and removed in the same folder. */
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
      // A rotation meanwhile has given the name to another file, and adds the log again.
      if (identityOf(fstatSync(source)) !== identity) return;
      if (await this.#write(source, folder, unfinished)) finish(log, identity);
    } finally {
      folder.removeIfThere(unfinished);
      await calls.close(source);
    }
  }

  /** `false`: the original has grown meanwhile, so it stays. */
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
    // A new buffer for each chunk: a thread may still use the one before.
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

/** The newest backup that is not compressed and fulfils the condition. */
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

/** Replaces the original by the compressed file, whatever number it has now. Does nothing if the original is gone. */
function finish(log: RotatedLog, identity: string): void {
  const { folder, name } = log;
  const now = findBackup(log, (other) => other === identity);
  if (now === undefined || folder.look(`${now.name}.gz`) !== undefined) return;
  folder.rename(name + UNFINISHED.compressed, `${now.name}.gz`);
  folder.remove(now.name);
}

/**
 * Whether a file is the compressed original: it has the time of the original, and its trailer the size. Synchronous,
 * because a rotation in the next turn may give the name to another file.
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
