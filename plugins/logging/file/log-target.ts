import { closeSync, constants, openSync } from 'node:fs';
import { locate, lookAt } from '../../../core/index.ts';
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
  /** It cannot be removed, or not be made anew. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What has become of a log: it has more bytes, its name leads to another file, or it has none any more. */
export type LogChange = 'written' | 'another' | 'emptied';

/** What the logs of a supervisor share. */
export interface TargetContext extends RotationContext, Pick<BacklogOwner, 'blocked' | 'dropped'> {}

/**
 * One log under one path, shared by all who write to it. Writes are synchronous: what `write` took is in the file. What is
 * not taken by the disk waits in a {@link Backlog}, and so do its writers. {@link Rotation} acts before and after a write.
 * Supervisor: loggers.py RotatingFileHandler.emit.
 */
export class LogTarget {
  readonly path: string;
  readonly #context: TargetContext;
  readonly #handle: LogHandle;
  readonly #rotation: Rotation;
  /** Made when it is needed: most logs never are in trouble, or followed. */
  #backlog: Backlog | undefined;
  #watchers: Set<(change: LogChange) => void> | undefined;

  /** Opens nothing. `mode` is for new files, subject to the umask. */
  constructor(path: string, mode: number, context: TargetContext) {
    this.path = path;
    this.#context = context;
    this.#handle = new LogHandle(path, mode, (change) => this.#changed(change));
    this.#rotation = new Rotation(this.#handle, context);
  }

  /** A sink that appends to this log, with the limits of a channel as they are then. Whoever acquired the log releases it. */
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
    // Should they be dropped, the answer says so, and `ready` must not.
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
   * Opens the log, or opens it anew where its name has come to stand for another file (somebody removed it).
   * @throws the error of the system call, when there is nothing to write to.
   */
  prepare(): void {
    this.#handle.open();
  }

  /**
   * A descriptor for a program that writes the log itself; whoever asks closes it. From then on the file stays the same: it is
   * copied and emptied where others are renamed. @throws where the log is no file, or cannot be opened.
   */
  openForProgram(): number {
    this.prepare();
    const { file } = this.#handle;
    if (file === undefined) throw new Error(`${this.path} is no file that a program could write by itself`);
    this.#rotation.isByCopy = true;
    // Opened anew: our own description does not wait, and shares its flags with all who have it.
    return openSync(`/dev/fd/${file.fd}`, constants.O_WRONLY | constants.O_APPEND | constants.O_NOCTTY);
  }

  /** Looks at what a program has written by itself, and rotates where that is due. `false`: nothing new. */
  async look(limits: Limits): Promise<boolean> {
    if (this.#rotation.isCopying || !this.hasGrown) return false;
    const isOver = this.#rotation.isPeriodOver(limits);
    this.#handle.measure();
    this.#written({ ...limits, maxBytes: 0 });
    if (isOver || isFull(this.#handle.size, 0, limits)) await this.#rotation.byCopy(limits);
    return true;
  }

  /** Whether the file has another size than at the last look. */
  get hasGrown(): boolean {
    return this.#handle.hasGrown;
  }

  get isFollowed(): boolean {
    return this.#watchers !== undefined && this.#watchers.size > 0;
  }

  /**
   * Opens the log under its name once more: after a rename, its writers go on in a new file.
   * @throws the error of the system call; then they go on in the old one.
   */
  reopen(): void {
    this.#handle.reopen();
  }

  /** Removes the log and begins a new one. Supervisor: removelogs. A pipe or device has nothing to remove. */
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

  /** Calls `changed` after every write, rotation and clear. Returns its undo. */
  watch(changed: (change: LogChange) => void): () => void {
    this.#watchers ??= new Set();
    this.#watchers.add(changed);
    return () => this.#watchers?.delete(changed);
  }

  /** Resolves when nothing waits to be written, or when waiting longer is pointless. */
  async settled(limitMs: number): Promise<void> {
    await this.#backlog?.settled(limitMs);
  }

  /** Closes the file until somebody writes again. A pipe or a device, and a file that something waits for, stay open. */
  rest(): void {
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
    // Even a log that was only opened may have been made anew since somebody began to follow it.
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
