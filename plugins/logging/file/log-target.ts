import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { codeOf, locate, lookAt } from '../../../core/index.ts';
import { Backlog, type BacklogOwner, type Outcome } from './backlog.ts';
import { copyAndEmpty } from './copy-rotation.ts';
import { briefly } from '../errno.ts';
import type { Limits } from './limits.ts';
import { createLog, identityAt, identityOf, openLog, type Opened } from './open-log.ts';
import { rotate } from './rotate.ts';
import { LogAge } from './rotation-time.ts';
import { RotationTrouble } from './rotation-trouble.ts';

/** How late a log is rotated that another process has filled, at most, while our program writes on. */
const LOOK_EVERY_MS = 50;

export type ClearResult =
  | { readonly kind: 'cleared' }
  /** It cannot be removed, or not be made anew. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What has become of a log: it has more bytes, its name leads to another file, or it has none any more. */
export type LogChange = 'written' | 'another' | 'emptied';

/** What the logs of a supervisor share. */
export interface TargetContext extends Pick<BacklogOwner, 'clock' | 'report' | 'blocked' | 'dropped'> {
  /** Compresses the backups of a log. */
  readonly compress?: (path: string, backups: number) => void;
}

/**
 * One log under one path, shared by all who write to it. Writes are synchronous: what `write` took is in the file. What is
 * not taken by the disk waits in a {@link Backlog}, and so do its writers.
 *
 * A write is followed by a rotation when the file has reached its limit, so a file may exceed it by one piece, and no
 * piece is torn. Supervisor: loggers.py RotatingFileHandler.emit. It is preceded by one when the file belongs to an earlier
 * hour, day or week, where that is wanted.
 */
export class LogTarget {
  readonly path: string;
  readonly #mode: number;
  readonly #context: TargetContext;
  /** Made when it is needed: most logs never are in trouble, or followed. */
  #backlog: Backlog | undefined;
  #watchers: Set<(change: LogChange) => void> | undefined;

  #opened: Opened | undefined;
  /** What was there and what we have written since; others may have written, too. */
  #size = 0;
  /** When the size was last looked at. */
  #lookedAt = -Infinity;
  /** Only where somebody wants a rotation by time. */
  #age: LogAge | undefined;
  /** After a rotation that failed: not again before this size. */
  #rotateFrom = 0;
  #trouble: RotationTrouble | undefined;
  #isCompressionResumed = false;
  /** A program writes it itself, and goes on with the file that it has, whatever becomes of its name. */
  #isDirect = false;
  #isBeingCopied = false;

  /** Opens nothing. `mode` is for new files, subject to the umask. */
  constructor(path: string, mode: number, context: TargetContext) {
    this.path = path;
    this.#mode = mode;
    this.#context = context;
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
    if (this.#opened === undefined) {
      this.#opened = openLog(this.path, this.#mode);
      this.#size = this.#opened.size;
      this.#announce('another'); // made anew, perhaps, since somebody began to follow it
      return;
    }
    if (this.#opened.kind === 'file' && identityAt(this.path) !== this.#opened.identity) this.reopen();
  }

  /**
   * A descriptor for a program that writes the log itself; whoever asks closes it. From then on the file stays the same: it is
   * copied and emptied where others are renamed. @throws where the log is no file, or cannot be opened.
   */
  openForProgram(): number {
    this.prepare();
    if (this.#opened?.kind !== 'file') throw new Error(`${this.path} is no file that a program could write by itself`);
    this.#isDirect = true;
    // Opened anew: our own description does not wait, and shares its flags with all who have it.
    return openSync(`/dev/fd/${this.#opened.fd}`, constants.O_WRONLY | constants.O_APPEND | constants.O_NOCTTY);
  }

  /** Looks at what a program has written by itself, and rotates where that is due. `false`: nothing new. */
  async look(limits: Limits): Promise<boolean> {
    if (this.#opened?.kind !== 'file' || this.#isBeingCopied) return false;
    if (!this.hasGrown) return false;
    const isOver = this.#isFromBefore(limits);
    const { size } = fstatSync(this.#opened.fd);
    this.#size = size;
    this.#written({ ...limits, maxBytes: 0 });
    if (isOver || (limits.maxBytes > 0 && size >= limits.maxBytes)) await this.#rotateByCopy(limits);
    return true;
  }

  /** Whether the file has another size than at the last look. */
  get hasGrown(): boolean {
    return this.#opened?.kind === 'file' && fstatSync(this.#opened.fd).size !== this.#size;
  }

  get isFollowed(): boolean {
    return this.#watchers !== undefined && this.#watchers.size > 0;
  }

  /** Takes bytes as {@link Sink.write} does; `ready` is called once if the answer is `false`. */
  write(bytes: Uint8Array, limits: Limits, ready: () => void): boolean {
    if (this.#backlog?.isEmpty === false) {
      this.#backlog.keep(bytes, limits, ready);
      return false;
    }
    if (this.#isFromBefore(limits)) this.#rotate(limits, 1);
    const { count, error } = this.#writeNow(bytes);
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

  /**
   * Opens the log under its name once more: after a rename, its writers go on in a new file.
   * @throws the error of the system call; then they go on in the old one.
   */
  reopen(): void {
    // What waits in the event loop for the reader of a pipe cannot go anywhere else.
    if (this.#opened === undefined || this.#opened.kind === 'own' || this.#backlog?.ownsDescriptor) return;
    this.#exchange(openLog(this.path, this.#mode));
  }

  /** Removes the log and begins a new one. Supervisor: removelogs. A pipe or device has nothing to remove. */
  clear(): ClearResult {
    if (isUnderDevices(this.path) || (this.#opened !== undefined && this.#opened.kind !== 'file')) {
      return { kind: 'cleared' };
    }
    try {
      const stat = lookAt(this.path, { last: 'keep' });
      if (this.#opened === undefined && (stat === undefined || stat.isFIFO())) return { kind: 'cleared' };
      if (this.#isDirect && this.#opened !== undefined) {
        this.#empty(this.#opened.fd);
        return { kind: 'cleared' };
      }
      if (stat !== undefined) removeAt(this.path);
      const opened = createLog(this.path, this.#mode);
      if (this.#opened === undefined) closeSync(opened.fd);
      else this.#exchange(opened);
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
    if (this.#opened?.kind !== 'file' || this.#isDirect || this.waiting > 0) return;
    this.#release(this.#opened);
    this.#opened = undefined;
  }

  close(): void {
    if (this.#opened !== undefined) this.#release(this.#opened);
    this.#opened = undefined;
    this.#backlog?.close();
    this.#backlog = undefined;
  }

  #makeBacklog(): Backlog {
    return new Backlog({
      ...this.#context,
      path: this.path,
      write: (bytes) => this.#writeNow(bytes),
      written: (limits) => this.#written(limits),
      pipe: () => (this.#opened?.kind === 'stream' ? this.#opened.fd : undefined),
      lost: () => (this.#opened = undefined),
    });
  }

  #writeNow(bytes: Uint8Array): Outcome {
    let count = 0;
    try {
      if (this.#opened === undefined) this.prepare();
      const fd = this.#opened?.fd ?? -1;
      while (count < bytes.length) count += writeSync(fd, bytes, count, bytes.length - count);
      this.#size += count;
      return { count };
    } catch (error) {
      this.#size += count;
      return { count, error };
    }
  }

  #written(limits: Limits): void {
    const { maxBytes, interval = 'never', isCompressed = false } = limits;
    if (interval !== 'never') this.#age ??= new LogAge(this.#context.clock.wall());
    if (isCompressed && !this.#isCompressionResumed) this.#compress(limits); // what a crash, or the last end, left over
    if (maxBytes > 0) this.#lookAtSize();
    if (maxBytes > 0 && this.#size >= maxBytes && this.#size >= this.#rotateFrom) this.#rotate(limits, maxBytes);
    this.#announce('written');
  }

  /** Another writer is seen a moment late: a look after every write would cost 12 % (64 KiB a write) to 40 % (4 KiB) more. */
  #lookAtSize(): void {
    const now = this.#context.clock.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS || this.#opened?.kind !== 'file') return;
    this.#lookedAt = now;
    this.#size = fstatSync(this.#opened.fd).size;
  }

  #compress({ backups, isCompressed = false }: Limits): void {
    this.#isCompressionResumed = true;
    if (isCompressed) this.#context.compress?.(this.path, backups);
  }

  /** Whether what is in the file was written in an earlier hour, day or week. */
  #isFromBefore({ interval = 'never' }: Limits): boolean {
    if (interval === 'never' || this.#opened?.kind !== 'file') return false;
    if (this.#size === 0) {
      this.#age = undefined; // it begins with what is written now
      return false;
    }
    this.#age ??= new LogAge(this.#opened.writtenAt);
    const now = this.#context.clock.wall();
    if (!this.#age.isOver(interval, now)) return false;
    this.#age.begin(now); // should the rotation fail, the next hour, day or week is the next occasion
    return true;
  }

  /** Begins a new file, unless somebody else has emptied this one meanwhile, to fewer than `minBytes`. */
  #rotate(limits: Limits, minBytes: number): void {
    const { backups } = limits;
    if (this.#opened?.kind !== 'file' || isUnderDevices(this.path)) return;
    if (this.#isDirect) {
      void this.#rotateByCopy(limits);
      return;
    }
    try {
      const stat = lookAt(this.path);
      const isOurs = identityOf(stat) === this.#opened.identity;
      if (isOurs && stat !== undefined && stat.size < minBytes) {
        this.#size = stat.size;
        return;
      }
      if (backups > 0 || !isOurs) {
        rotate(this.path, backups);
        this.#exchange(this.#makeAnew());
        this.#compress(limits);
      } else {
        this.#empty(this.#opened.fd);
      }
      this.#rotated();
    } catch (error) {
      this.#cannotRotate(error, minBytes);
    }
  }

  async #rotateByCopy(limits: Limits): Promise<void> {
    if (this.#opened === undefined || this.#isBeingCopied || this.#size < this.#rotateFrom) return;
    this.#isBeingCopied = true;
    try {
      const { fd, identity } = this.#opened;
      const empty = (): void => this.#empty(fd);
      await copyAndEmpty({ identity, empty, path: this.path, mode: this.#mode, backups: limits.backups });
      this.#age = undefined;
      this.#compress(limits);
      this.#rotated();
    } catch (error) {
      this.#cannotRotate(error, Math.max(limits.maxBytes, 1));
    } finally {
      this.#isBeingCopied = false;
    }
  }

  #empty(fd: number): void {
    ftruncateSync(fd);
    this.#size = 0;
    this.#announce('emptied');
  }

  #rotated(): void {
    this.#rotateFrom = 0;
    this.#trouble?.isOver();
    this.#trouble = undefined;
  }

  #cannotRotate(error: unknown, minBytes: number): void {
    this.#rotateFrom = this.#size + minBytes;
    this.#trouble ??= new RotationTrouble(this.path, this.#context.report);
    this.#trouble.failed(briefly(error));
  }

  #makeAnew(): Opened {
    try {
      return createLog(this.path, this.#mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return openLog(this.path, this.#mode);
    }
  }

  /** Opened first, released then: when opening fails, there still is a file to write to. */
  #exchange(opened: Opened): void {
    if (this.#opened !== undefined) this.#release(this.#opened);
    this.#opened = opened;
    this.#size = opened.size;
    this.#age = undefined;
    if (this.#backlog?.isEmpty === false) this.#backlog.flush();
    this.#announce('another');
  }

  #release({ fd, kind }: Opened): void {
    if (kind !== 'own' && this.#backlog?.ownsDescriptor !== true) closeSync(fd);
  }

  #announce(change: LogChange): void {
    if (this.#watchers !== undefined) for (const changed of this.#watchers) changed(change);
  }
}

function removeAt(path: string): void {
  using place = locate(path, { last: 'keep' });
  place.folder.remove(place.name);
}

/** What lives there is no file of ours, even where it leads to one: renaming `/dev/stdout` would break the machine. */
function isUnderDevices(path: string): boolean {
  return path.startsWith('/dev/') || path.startsWith('/proc/');
}
