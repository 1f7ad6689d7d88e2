import { closeSync, constants, openSync } from 'node:fs';
import { locate, lookAt } from '../../../../core/index.ts';
import { briefly } from '../errno.ts';
import type { Sink } from '../sink.ts';
import { Backlog, type BacklogOwner } from './backlog.ts';
import type { Limits } from './limits.ts';
import { LogHandle, type HandleChange } from './log-handle.ts';
import { createLog, isUnderDevices } from './open-log.ts';
import { isFull } from './rotation-due.ts';
import { Rotation, type RotationContext } from './rotation.ts';

export type ClearResult =
  | { readonly kind: 'cleared' }
  /** It could not be removed, or not created anew. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What has happened to a log: bytes were appended, another file has its name, or the file was emptied. */
export type LogChange = 'written' | 'another' | 'emptied';

/** What all logs of a supervisor share. */
export interface TargetContext extends RotationContext, Pick<BacklogOwner, 'blocked' | 'dropped'> {}

/**
 * The log at one path, shared by all channels that write to it. Writes are synchronous: bytes for which `write` returns
 * `true` are in the file. Bytes that the disk does not accept wait in a {@link Backlog}, and so do their writers.
 * {@link Rotation} acts before and after a write. Supervisor: loggers.py RotatingFileHandler.emit.
 */
export class LogTarget {
  readonly path: string;
  readonly #context: TargetContext;
  readonly #handle: LogHandle;
  readonly #rotation: Rotation;
  /** Both are created when needed: most logs are never blocked, or followed. */
  #backlog: Backlog | undefined;
  #watchers: Set<(change: LogChange) => void> | undefined;

  /** Opens nothing. `mode` is for new files, subject to the umask. */
  constructor(path: string, mode: number, context: TargetContext) {
    this.path = path;
    this.#context = context;
    this.#handle = new LogHandle(path, mode, (change) => this.#changed(change));
    this.#rotation = new Rotation(this.#handle, context);
  }

  /**
   * A sink that appends to this log, within the limits that the channel has at each write. Closing it does not release
   * the log.
   */
  sink(limits: () => Limits): Sink {
    return {
      prepare: () => this.prepare(),
      write: (bytes, ready) => this.write(bytes, limits(), ready),
    };
  }

  /** Takes bytes as {@link Sink.write} does; `ready` is called once if the answer is `false`. */
  write(bytes: Uint8Array, limits: Limits, ready: () => void): boolean {
    if (this.#backlog?.isEmpty === false) {
      this.#backlog.keep(bytes, limits, ready);
      return false;
    }
    this.#rotation.beforeWrite(limits);
    const { count, error } = this.#handle.write(bytes);
    if (error === undefined) {
      this.#written(limits);
      return true;
    }
    // If the bytes are dropped at once, the answer is `true`, and `ready` must not be called.
    let isSettled = true;
    this.#backlog ??= this.#makeBacklog();
    this.#backlog.keep(bytes.subarray(count), limits, () => {
      if (!isSettled) ready();
    });
    isSettled = !this.#backlog.waitAfter(error);
    return isSettled;
  }

  /** How many bytes wait to be written. */
  get waiting(): number {
    return this.#backlog?.bytes ?? 0;
  }

  /**
   * Opens the log, or opens it anew if another file has its name now, or none has.
   * @throws the error of the system call if there is nothing to write to.
   */
  prepare(): void {
    this.#handle.open();
  }

  /**
   * A descriptor for a program that writes the log itself; the caller closes it. From then on the file stays the same:
   * a rotation copies and empties it instead of renaming it. @throws if the log is not a file, or cannot be opened.
   */
  openForProgram(): number {
    this.prepare();
    const { file } = this.#handle;
    if (file === undefined) throw new Error(`${this.path} is no file that a program could write by itself`);
    this.#rotation.isByCopy = true;
    // Opened a second time, because the daemon's own description is non-blocking, and a duplicate would share its
    // flags.
    return openSync(`/dev/fd/${file.fd}`, constants.O_WRONLY | constants.O_APPEND | constants.O_NOCTTY);
  }

  /** Checks what a program has written itself, and rotates if that is due. `false`: nothing new. */
  async checkDirect(limits: Limits): Promise<boolean> {
    if (this.#rotation.isCopying || !this.hasGrown) return false;
    const isOver = this.#rotation.isPeriodOver(limits);
    this.#handle.measure();
    this.#written({ ...limits, maxBytes: 0 });
    if (isOver || isFull(this.#handle.size, 0, limits)) await this.#rotation.byCopy(limits);
    return true;
  }

  /** Whether the size of the file has changed since it was last measured. */
  get hasGrown(): boolean {
    return this.#handle.hasGrown;
  }

  get isFollowed(): boolean {
    return this.#watchers !== undefined && this.#watchers.size > 0;
  }

  /**
   * Opens the log under its name once more: after a rename, a new file is written.
   * @throws the error of the system call; then the old file stays in use.
   */
  reopen(): void {
    this.#handle.reopen();
  }

  /** Removes the file and begins a new one; does nothing for a pipe or device. Supervisor: removelogs. */
  clear(): ClearResult {
    const { opened, file, mode } = this.#handle;
    if (isUnderDevices(this.path) || (opened !== undefined && file === undefined)) return { kind: 'cleared' };
    try {
      const stat = lookAt(this.path, { last: 'keep' });
      if (file === undefined && (stat === undefined || stat.isFIFO())) return { kind: 'cleared' };
      if (this.#rotation.isByCopy && file !== undefined) {
        this.#handle.empty();
        return { kind: 'cleared' };
      }
      if (stat !== undefined) removeAt(this.path);
      const created = createLog(this.path, mode);
      if (file === undefined) closeSync(created.fd);
      else this.#handle.exchange(created);
      return { kind: 'cleared' };
    } catch (error) {
      return { kind: 'failed', reason: briefly(error) };
    }
  }

  /** Calls `changed` after every write, rotation and clear. Returns a function that ends it. */
  watch(changed: (change: LogChange) => void): () => void {
    this.#watchers ??= new Set();
    this.#watchers.add(changed);
    return () => this.#watchers?.delete(changed);
  }

  /** Resolves when nothing waits to be written, or when waiting longer is useless. */
  async settled(limitMs: number): Promise<void> {
    await this.#backlog?.settled(limitMs);
  }

  /** Closes the file until the next write. A pipe or device stays open, and so does a file with pending writes. */
  closeIdle(): void {
    if (this.#handle.file !== undefined && !this.#rotation.isByCopy && this.waiting === 0) this.#handle.close();
  }

  close(): void {
    this.#handle.close();
    this.#backlog?.close();
    this.#backlog = undefined;
  }

  #written(limits: Limits): void {
    this.#rotation.afterWrite(limits);
    this.#announce('written');
  }

  #changed(change: HandleChange): void {
    if (change === 'exchanged') {
      this.#rotation.restart();
      if (this.#backlog?.isEmpty === false) this.#backlog.flush();
    }
    // A log that was only opened may be another file, too, for a reader that follows it.
    this.#announce(change === 'emptied' ? 'emptied' : 'another');
  }

  #announce(change: LogChange): void {
    if (this.#watchers !== undefined) for (const changed of this.#watchers) changed(change);
  }

  #makeBacklog(): Backlog {
    const handle = this.#handle;
    return new Backlog({
      ...this.#context,
      path: this.path,
      write: (bytes) => handle.write(bytes),
      written: (limits) => this.#written(limits),
      pipe: () => handle.handOver(),
      lost: () => handle.forget(),
    });
  }
}

function removeAt(path: string): void {
  using place = locate(path, { last: 'keep' });
  place.folder.remove(place.name);
}
