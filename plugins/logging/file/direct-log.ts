import { watch, type FSWatcher } from 'node:fs';
import type { Clock, Timer } from '../../../core/index.ts';
import type { Limits } from './limits.ts';
import { briefly } from '../errno.ts';
import type { Log } from '../daemon-log/level.ts';
import type { LogTarget } from './log-target.ts';

/** How long a log is left alone after a look at it: with somebody who follows it, and with nobody. */
const LOOK_AFTER_MS = { followed: 100, unfollowed: 1_000 } as const;

/**
 * A log that its program writes itself: sees to it that it is rotated, and that those who follow it hear of what is new.
 *
 * While nothing is written the kernel watches the file for us (inotify), and nobody wakes up. When something is, it is looked at every
 * now and then until nothing new is found: a program that writes all the time does not wake us with every line.
 */
export class DirectLog {
  readonly #target: LogTarget;
  readonly #limits: () => Limits;
  readonly #clock: Clock;
  readonly #log: Log;
  #watcher: FSWatcher | undefined;
  #look: Timer | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor(target: LogTarget, { limits, clock, log }: { limits: () => Limits; clock: Clock; log: Log }) {
    this.#target = target;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
  }

  /** The program is about to be started. Its children may write on after its end, so it is watched until the process is removed. */
  watch(): void {
    if (this.#watcher === undefined && this.#look === undefined && !this.#isLooking) void this.#lookNow();
  }

  close(): void {
    this.#isClosed = true;
    this.#look?.cancel();
    this.#watcher?.close();
  }

  async #lookNow(): Promise<void> {
    if (this.#isLooking) return; // one event after the other; what comes in between is found below
    this.#look = undefined;
    this.#isLooking = true;
    this.#watcher?.close();
    this.#watcher = undefined;
    const isNew = await this.#target.look(this.#limits());
    this.#isLooking = false;
    if (this.#isClosed) return;
    if (isNew) this.#lookLater();
    else this.#wait();
  }

  #lookLater(): void {
    const delayMs = this.#target.isFollowed ? LOOK_AFTER_MS.followed : LOOK_AFTER_MS.unfollowed;
    this.#look = this.#clock.setTimer(delayMs, () => void this.#lookNow());
  }

  #wait(): void {
    try {
      this.#watcher = watch(this.#target.path, { persistent: false }, () => void this.#lookNow());
      this.#watcher.on('error', () => undefined); // its end; the next start watches again
    } catch (error) {
      this.#log('WARN', `cannot watch ${this.#target.path}: ${briefly(error)}; it is not rotated until the next start`);
      return;
    }
    // Written between the look and the watch.
    if (this.#target.hasGrown) void this.#lookNow();
  }
}
