import { codeOf, lookAt } from '../../../../core/index.ts';
import { briefly } from '../errno.ts';
import type { BacklogOwner } from './backlog.ts';
import { copyAndEmpty } from './copy-rotation.ts';
import type { Limits } from './limits.ts';
import type { LogHandle } from './log-handle.ts';
import { createLog, identityOf, isUnderDevices, openLog, type Opened } from './open-log.ts';
import { rotate } from './rotate.ts';
import { isFull, LogAge } from './rotation-due.ts';
import { RotationFailures } from './rotation-failures.ts';

/** How often the size is measured: a log that another process fills is rotated so much later at most. */
const MEASURE_EVERY_MS = 50;

export interface RotationContext extends Pick<BacklogOwner, 'clock' | 'report'> {
  /** Compresses the backups of a log. */
  readonly compress?: (path: string, backups: number) => void;
}

/**
 * Rotates one log: before a write if the file belongs to an earlier hour, day or week, and after a write if the file is
 * full. So a file may exceed its limit by one write, and no write is split. rotation-due.ts decides what is due, this
 * class does it.
 */
export class Rotation {
  readonly #log: LogHandle;
  readonly #context: RotationContext;
  /** The program writes the file itself and keeps it open, so a rotation copies and empties it. */
  isByCopy = false;
  /** Set only with rotation by time. */
  #age: LogAge | undefined;
  /** After a failed rotation: the size at which the next attempt is made. */
  #retryFrom = 0;
  #failures: RotationFailures | undefined;
  /** When the size was last measured. */
  #measuredAt = -Infinity;
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

  /** Called for every write: a hot path (test/bench, output). */
  afterWrite(limits: Limits): void {
    const { maxBytes, interval = 'never', isCompressed = false } = limits;
    if (interval !== 'never') this.#age ??= new LogAge(this.#context.clock.wall());
    if (isCompressed && !this.#isCompressionResumed) this.#compress(limits); // the last run may have left some
    if (maxBytes > 0) this.#measureSize();
    if (isFull(this.#log.size, this.#retryFrom, limits)) this.#rotate(limits, maxBytes);
  }

  /** Whether what is in the file was written in an earlier hour, day or week. */
  isPeriodOver({ interval = 'never' }: Limits): boolean {
    if (interval === 'never' || this.#log.file === undefined) return false;
    if (this.#log.size === 0) {
      this.#age = undefined; // an empty file belongs to the time of its first write
      return false;
    }
    this.#age ??= new LogAge(this.#log.file.writtenAt);
    const now = this.#context.clock.wall();
    if (!this.#age.isOver(interval, now)) return false;
    this.#age.begin(now); // after a failed rotation, the next attempt is made in the next hour, day or week
    return true;
  }

  /** Another file is in use. */
  restart(): void {
    this.#age = undefined;
  }

  /**
   * Copies the file to a new backup and empties it. Does nothing while a copy is under way, and below the size of the
   * next attempt.
   */
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

  /** Begins a new file, unless another process has emptied this one: it has fewer than `minBytes` then. */
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
    this.#failures?.ended();
    this.#failures = undefined;
  }

  #failed(error: unknown, minBytes: number): void {
    this.#retryFrom = this.#log.size + minBytes;
    this.#failures ??= new RotationFailures(this.#log.path, this.#context.report);
    this.#failures.failed(briefly(error));
  }

  #compress({ backups, isCompressed = false }: Limits): void {
    this.#isCompressionResumed = true;
    if (isCompressed) this.#context.compress?.(this.#log.path, backups);
  }

  /**
   * Not after every write: that would cost 12 % (64 KiB a write) to 40 % (4 KiB) more. So bytes of other processes are
   * counted late.
   */
  #measureSize(): void {
    const now = this.#context.clock.now();
    if (now - this.#measuredAt < MEASURE_EVERY_MS || this.#log.file === undefined) return;
    this.#measuredAt = now;
    this.#log.measure();
  }
}
