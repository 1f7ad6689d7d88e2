import { closeSync, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import type { Outcome } from './backlog.ts';
import { identityAt, openLog, type Opened } from './open-log.ts';

/** What has become of the file: it was opened for the first time or after a rest, exchanged for another one, or emptied. */
export type HandleChange = 'opened' | 'exchanged' | 'emptied';

/** The file that a log is written to at this moment: opened when it is needed, exchanged for another one under the same name. */
export class LogHandle {
  readonly path: string;
  /** For new files, subject to the umask. */
  readonly mode: number;
  /** Bytes that were there and bytes written since; other processes may have written, too. */
  size = 0;
  readonly #changed: (change: HandleChange) => void;
  #opened: Opened | undefined;
  /** Whether somebody else closes the descriptor. */
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

  /** The opened log where it is a regular file: only that has a size, can be rotated, and emptied. */
  get file(): Opened | undefined {
    return this.#opened?.kind === 'file' ? this.#opened : undefined;
  }

  /**
   * Opens the log, or opens it anew where its name stands for another file now (somebody removed it).
   * @throws the error of the system call, when there is nothing to write to.
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
    // What waits in the event loop for the reader of a pipe cannot go anywhere else.
    if (this.#opened === undefined || this.#opened.kind === 'own' || this.#isHandedOver) return;
    this.exchange(openLog(this.path, this.mode));
  }

  /** The new file is opened first and the old one closed then: when opening fails, there still is a file to write to. */
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

  /** Looks at how large the file is. */
  measure(): void {
    if (this.file !== undefined) this.size = fstatSync(this.file.fd).size;
  }

  /** Whether the file has another size than at the last look. */
  get hasGrown(): boolean {
    return this.file !== undefined && fstatSync(this.file.fd).size !== this.size;
  }

  empty(): void {
    if (this.file === undefined) return;
    ftruncateSync(this.file.fd);
    this.size = 0;
    this.#changed('emptied');
  }

  /** The descriptor, where the log is a pipe or a device that may be full: whoever gets it closes it. `undefined`: it is none. */
  handOver(): number | undefined {
    if (this.#opened?.kind !== 'stream') return undefined;
    this.#isHandedOver = true;
    return this.#opened.fd;
  }

  /** The descriptor that was handed over is closed. */
  forget(): void {
    this.#opened = undefined;
    this.#isHandedOver = false;
  }

  close(): void {
    if (this.#opened !== undefined && this.#opened.kind !== 'own' && !this.#isHandedOver) closeSync(this.#opened.fd);
    this.forget();
  }
}
