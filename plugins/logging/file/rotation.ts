import { codeOf, lookAt } from '../../../core/index.ts';
import { briefly } from '../errno.ts';
import type { BacklogOwner } from './backlog.ts';
import { copyAndEmpty } from './copy-rotation.ts';
import type { Limits } from './limits.ts';
import type { LogHandle } from './log-handle.ts';
import { createLog, identityOf, isUnderDevices, openLog, type Opened } from './open-log.ts';
import { rotate } from './rotate.ts';
import { isFull, LogAge } from './rotation-due.ts';
import { RotationTrouble } from './rotation-trouble.ts';

/** How late a log is rotated that another process has filled, at most, while our program writes on. */
const LOOK_EVERY_MS = 50;

export interface RotationContext extends Pick<BacklogOwner, 'clock' | 'report'> {
  /** Compresses the backups of a log. */
  readonly compress?: (path: string, backups: number) => void;
}

/**
 * Rotates one log: before a write when the file belongs to an earlier hour, day or week, after a write when it is full. So a
 * file may exceed its limit by one piece, and no piece is torn. What is due is decided in rotation-due.ts; this class does it.
 */
export class Rotation {
  readonly #log: LogHandle;
  readonly #context: RotationContext;
  /** Whether a program writes the file itself: it is copied and emptied then, because the program keeps the file it has. */
  isByCopy = false;
  /** Only where a rotation by time is wanted. */
  #age: LogAge | undefined;
  /** After a rotation that failed: the size at which it is tried again. */
  #retryFrom = 0;
  #trouble: RotationTrouble | undefined;
  /** When the size was last looked at. */
  #lookedAt = -Infinity;
  #isCompressionResumed = false;
  #isCopying = false;

  constructor(log: LogHandle, context: RotationContext) {
    this.#log = log;
    this.#context = context;
  }

  get isCopying(): boolean {
    return this.#isCopying;
  }

  beforeWrite(limits: Limits): void {
    if (this.isPeriodOver(limits)) this.#rotate(limits, 1);
  }

  /** Once for every piece: a hot path (test/bench, output). */
  afterWrite(limits: Limits): void {
    const { maxBytes, interval = 'never', isCompressed = false } = limits;
    if (interval !== 'never') this.#age ??= new LogAge(this.#context.clock.wall());
    if (isCompressed && !this.#isCompressionResumed) this.#compress(limits); // what a crash, or the last end, left over
    if (maxBytes > 0) this.#lookAtSize();
    if (isFull(this.#log.size, this.#retryFrom, limits)) this.#rotate(limits, maxBytes);
  }

  /** Whether what is in the file was written in an earlier hour, day or week. */
  isPeriodOver({ interval = 'never' }: Limits): boolean {
    if (interval === 'never' || this.#log.file === undefined) return false;
    if (this.#log.size === 0) {
      this.#age = undefined; // it begins with what is written now
      return false;
    }
    this.#age ??= new LogAge(this.#log.file.writtenAt);
    const now = this.#context.clock.wall();
    if (!this.#age.isOver(interval, now)) return false;
    this.#age.begin(now); // should the rotation fail, the next hour, day or week is the next occasion
    return true;
  }

  /** Another file is in use. */
  restart(): void {
    this.#age = undefined;
  }

  /** Copies the file to a new backup and empties it, whatever its size. Does nothing while that is under way, or after a failure. */
  async byCopy(limits: Limits): Promise<void> {
    const { opened, path, mode, size } = this.#log;
    if (opened === undefined || this.#isCopying || size < this.#retryFrom) return;
    this.#isCopying = true;
    try {
      const empty = (): void => {
        if (this.#log.opened !== opened) throw new Error('another file has its name');
        this.#log.empty();
      };
      await copyAndEmpty({ identity: opened.identity, empty, path, mode, backups: limits.backups });
      this.#age = undefined;
      this.#compress(limits);
      this.#succeeded();
    } catch (error) {
      this.#failed(error, Math.max(limits.maxBytes, 1));
    } finally {
      this.#isCopying = false;
    }
  }

  /** Begins a new file, unless somebody else has emptied this one meanwhile, to fewer than `minBytes`. */
  #rotate(limits: Limits, minBytes: number): void {
    const { file, path } = this.#log;
    if (file === undefined || isUnderDevices(path)) return;
    if (this.isByCopy) {
      void this.byCopy(limits);
      return;
    }
    try {
      const stat = lookAt(path);
      const isOurs = identityOf(stat) === file.identity;
      if (isOurs && stat !== undefined && stat.size < minBytes) {
        this.#log.size = stat.size;
        return;
      }
      if (limits.backups > 0 || !isOurs) {
        rotate(path, limits.backups);
        this.#log.exchange(this.#openNew());
        this.#compress(limits);
      } else {
        this.#log.empty();
      }
      this.#succeeded();
    } catch (error) {
      this.#failed(error, minBytes);
    }
  }

  #openNew(): Opened {
    const { path, mode } = this.#log;
    try {
      return createLog(path, mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return openLog(path, mode);
    }
  }

  #succeeded(): void {
    this.#retryFrom = 0;
    this.#trouble?.isOver();
    this.#trouble = undefined;
  }

  #failed(error: unknown, minBytes: number): void {
    this.#retryFrom = this.#log.size + minBytes;
    this.#trouble ??= new RotationTrouble(this.#log.path, this.#context.report);
    this.#trouble.failed(briefly(error));
  }

  #compress({ backups, isCompressed = false }: Limits): void {
    this.#isCompressionResumed = true;
    if (isCompressed) this.#context.compress?.(this.#log.path, backups);
  }

  /** Another writer is seen a moment late: a look after every write would cost 12 % (64 KiB a write) to 40 % (4 KiB) more. */
  #lookAtSize(): void {
    const now = this.#context.clock.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS || this.#log.file === undefined) return;
    this.#lookedAt = now;
    this.#log.measure();
  }
}
