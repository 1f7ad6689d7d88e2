import { closeSync, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import type { Outcome } from './backlog.ts';
import { identityAt, openLog, type Opened } from './open-log.ts';

/** What has happened to the file: it was opened, exchanged for another one, or emptied. */
export type HandleChange = 'opened' | 'exchanged' | 'emptied';

/** The open file of a log: opened when it is needed, and exchanged for another one of the same name by a rotation. */
export class LogHandle {
  readonly path: string;
  /** For new files, subject to the umask. */
  readonly mode: number;
  /** The size at the opening plus what was written since. Other processes may have written more: see `measure`. */
  size = 0;
  readonly #changed: (change: HandleChange) => void;
  #opened: Opened | undefined;
  /** The backlog owns the descriptor, and closes it. */
  #isHandedOver = false;

  /** Opens nothing. */
  constructor(path: string, mode: number, changed: (change: HandleChange) => void) {
    this.path = path;
    this.mode = mode;
    this.#changed = changed;
  }

  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** The opened log if it is a regular file, which can be measured, rotated and emptied. */
  get file(): Opened | undefined {
    return this.#opened?.kind === 'file' ? this.#opened : undefined;
  }

  /**
   * Opens the log, or opens it anew if another file has its name now, or none has.
   * @throws the error of the system call if there is nothing to write to.
   */
  open(): void {
    if (this.#opened === undefined) {
      this.#opened = openLog(this.path, this.mode);
      this.size = this.#opened.size;
      this.#changed('opened');
    } else if (this.file !== undefined && identityAt(this.path) !== this.file.identity) {
      this.reopen();
    }
  }

  /** Opens the log under its name once more. @throws the error of the system call; the old file stays in use then. */
  reopen(): void {
    // Bytes that wait in the event loop for the reader of a pipe cannot be written elsewhere.
    if (this.#opened === undefined || this.#opened.kind === 'own' || this.#isHandedOver) return;
    this.exchange(openLog(this.path, this.mode));
  }

  /** Replaces the open file. The caller opens the new one first: if that fails, the old one stays in use. */
  exchange(opened: Opened): void {
    this.close();
    this.#opened = opened;
    this.size = opened.size;
    this.#changed('exchanged');
  }

  write(bytes: Uint8Array): Outcome {
    let count = 0;
    try {
      if (this.#opened === undefined) this.open();
      const fd = this.#opened?.fd ?? -1;
      while (count < bytes.length) count += writeSync(fd, bytes, count, bytes.length - count);
      this.size += count;
      return { count };
    } catch (error) {
      this.size += count;
      return { count, error };
    }
  }

  /** Reads the size of the file. */
  measure(): void {
    if (this.file !== undefined) this.size = fstatSync(this.file.fd).size;
  }

  /** Whether the size of the file has changed since it was last measured. */
  get hasGrown(): boolean {
    return this.file !== undefined && fstatSync(this.file.fd).size !== this.size;
  }

  empty(): void {
    if (this.file === undefined) return;
    ftruncateSync(this.file.fd);
    this.size = 0;
    this.#changed('emptied');
  }

  /**
   * Hands over the descriptor of a pipe or device, which the caller closes from then on. `undefined`: the log is
   * neither.
   */
  handOver(): number | undefined {
    if (this.#opened?.kind !== 'stream') return undefined;
    this.#isHandedOver = true;
    return this.#opened.fd;
  }

  /** The descriptor that was handed over was closed. */
  forget(): void {
    this.#opened = undefined;
    this.#isHandedOver = false;
  }

  close(): void {
    if (this.#opened !== undefined && this.#opened.kind !== 'own' && !this.#isHandedOver) closeSync(this.#opened.fd);
    this.forget();
  }
}
