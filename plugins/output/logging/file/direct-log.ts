import { watch, type FSWatcher } from 'node:fs';
import type { Clock, Timer } from '../../../../core/index.ts';
import type { Limits } from './limits.ts';
import { briefly } from '../errno.ts';
import type { Log } from '../daemon-log/level.ts';
import type { LogTarget } from './log-target.ts';

/** How long after a check the next one follows, for a log that is followed and for one that is not. */
const CHECK_AFTER_MS = { followed: 100, unfollowed: 1_000 } as const;

/**
 * A log that its program writes itself: rotates it, and wakes the readers that follow it.
 *
 * While nothing is written, the kernel watches the file (inotify), and no timer runs. After a write, a timer checks the
 * file until it finds nothing new: a program that writes all the time does not wake the daemon with every line.
 */
export class DirectLog {
  readonly #target: LogTarget;
  readonly #limits: () => Limits;
  readonly #clock: Clock;
  readonly #log: Log;
  #watcher: FSWatcher | undefined;
  #nextCheck: Timer | undefined;
  #isChecking = false;
  #isClosed = false;

  constructor(target: LogTarget, { limits, clock, log }: { limits: () => Limits; clock: Clock; log: Log }) {
    this.#target = target;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Called before each start. Children of the program may write after its exit, so the file is watched until the
   * process is removed.
   */
  watch(): void {
    if (this.#watcher === undefined && this.#nextCheck === undefined && !this.#isChecking) void this.#check();
  }

  close(): void {
    this.#isClosed = true;
    this.#nextCheck?.cancel();
    this.#watcher?.close();
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return; // one check at a time; later writes are found below
    this.#nextCheck = undefined;
    this.#isChecking = true;
    this.#watcher?.close();
    this.#watcher = undefined;
    const isNew = await this.#target.checkDirect(this.#limits());
    this.#isChecking = false;
    if (this.#isClosed) return;
    if (isNew) this.#checkLater();
    else this.#wait();
  }

  #checkLater(): void {
    const delayMs = this.#target.isFollowed ? CHECK_AFTER_MS.followed : CHECK_AFTER_MS.unfollowed;
    this.#nextCheck = this.#clock.setTimer(delayMs, () => void this.#check());
  }

  #wait(): void {
    try {
      this.#watcher = watch(this.#target.path, { persistent: false }, () => void this.#check());
      this.#watcher.on('error', () => undefined); // ends the watcher; the next start watches again
    } catch (error) {
      this.#log('WARN', `cannot watch ${this.#target.path}: ${briefly(error)}; it is not rotated until the next start`);
      return;
    }
    // The program may have written between the check and the watch.
    if (this.#target.hasGrown) void this.#check();
  }
}
