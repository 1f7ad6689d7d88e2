import { closeSync, constants, lstatSync, openSync, readSync, renameSync, unlinkSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { briefly, errnoOf } from './errno.ts';
import type { Level } from './level.ts';
import { identityOf } from './open-log.ts';
import { UNFINISHED } from './rotate.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Turns backups of logs (`x.log.1`) into compressed ones (`x.log.1.gz`), one at a time, in the threads of libuv.
 *
 * The bytes go to an unfinished file beside the log. When it is complete and on the disk, it gets its name, and the original
 * goes; these last two steps are synchronous, so that no rotation comes in between. A rotation that comes earlier gives
 * the original another number: it is found again by its inode. Whatever happens, the bytes are in the original
 * until they are in the compressed file. After a crash the unfinished file is begun anew, and where both are complete, the
 * original, of the same size and time, goes.
 *
 * The log's folder may belong to the program's user: nothing there is followed, and the compressed file gets the
 * owner and mode of what it was read from.
 */
export class Compressor {
  readonly #report: (level: Level, text: string) => void;
  /** Logs whose backups are to be looked at, with how many there are: each once, however often it was rotated. */
  readonly #logs = new Map<string, number>();
  readonly #closing = new AbortController();
  /** What has been said already. */
  readonly #failures = new Set<string>();
  #work: Promise<void> | undefined;

  constructor(report: (level: Level, text: string) => void) {
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

  async #compressAll(path: string, backups: number): Promise<void> {
    const done = new Set<string>();
    for (;;) {
      const backup = findBackup(path, backups, (identity) => !done.has(identity));
      if (backup === undefined || this.#closing.signal.aborted) return;
      done.add(backup.identity);
      await this.#compress(path, backups, backup);
    }
  }

  async #compress(path: string, backups: number, { path: name, identity }: Backup): Promise<void> {
    const unfinished = path + UNFINISHED.compressed;
    if (isCopyOf(`${name}.gz`, name)) return unlinkSync(name);
    removeIfThere(unfinished);
    const source = await open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      // A rotation while it was opened has given the name to another file, and will bring us back.
      if (identityOf(await source.stat()) !== identity) return;
      if (await this.#write(source, unfinished)) finish(path, backups, identity);
    } finally {
      removeIfThere(unfinished);
      await source.close();
    }
  }

  /** `false`: somebody still writes to the original, so it stays. */
  async #write(source: FileHandle, unfinished: string): Promise<boolean> {
    const { createGzip } = await import('node:zlib');
    const { uid, gid, mode, atime, mtime, size } = await source.stat();
    const target = await open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await pipeline(readAll(source), createGzip(), (chunks: AsyncIterable<Buffer>) => writeAll(target, chunks), {
        signal: this.#closing.signal,
      });
      if (process.getuid?.() === 0) await target.chown(uid, gid);
      await target.chmod(mode & 0o777);
      await target.utimes(atime, mtime);
      await target.sync();
      return (await source.stat()).size === size;
    } finally {
      await target.close();
    }
  }

  #failed(path: string, error: unknown): void {
    if (this.#closing.signal.aborted || this.#failures.has(path)) return;
    this.#failures.add(path);
    this.#report('WARN', `cannot compress what was rotated out of ${path}: ${briefly(error)}; it stays as it is`);
  }
}

const CHUNK_BYTES = 262_144;

async function* readAll(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    // A buffer for each chunk: the threads may still be at work on the one before.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function writeAll(file: FileHandle, chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) {
    for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten;
  }
}

interface Backup {
  readonly path: string;
  readonly identity: string;
}

/** The newest backup that is not compressed, and wanted. */
function findBackup(path: string, backups: number, isWanted: (identity: string) => boolean): Backup | undefined {
  for (let number = 1; number <= backups; number += 1) {
    const name = `${path}.${number}`;
    const stat = lstatSync(name, { throwIfNoEntry: false });
    const identity = stat?.isFile() === true ? identityOf(stat) : undefined;
    if (identity !== undefined && isWanted(identity)) return { path: name, identity };
  }
  return undefined;
}

/** The compressed file takes the place of the original, wherever that is now. Where it is gone, nothing is left to be done. */
function finish(path: string, backups: number, identity: string): void {
  const now = findBackup(path, backups, (other) => other === identity);
  if (now === undefined || lstatSync(`${now.path}.gz`, { throwIfNoEntry: false }) !== undefined) return;
  renameSync(path + UNFINISHED.compressed, `${now.path}.gz`);
  unlinkSync(now.path);
}

/**
 * Whether a file is what compressing the original came to: it says how long that was, and is of the same time. Synchronous:
 * by the next turn a rotation may have given the name to another file.
 */
function isCopyOf(compressed: string, original: string): boolean {
  const stat = lstatSync(compressed, { throwIfNoEntry: false });
  const of = lstatSync(original, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || of === undefined || stat.size < 18) return false;
  if (Math.abs(stat.mtimeMs - of.mtimeMs) > 1) return false;
  const file = openSync(compressed, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const trailer = Buffer.alloc(4); // of a gzip file: the length of the original, modulo 2^32
    readSync(file, trailer, 0, 4, stat.size - 4);
    return trailer.readUInt32LE() === of.size % 2 ** 32;
  } finally {
    closeSync(file);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
