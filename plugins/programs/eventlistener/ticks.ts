import type { Clock, Timer } from '../../../core/index.ts';
import { TICKS, type TickType } from './event-types.ts';

const TYPES = Object.keys(TICKS) as TickType[]; // the keys of the table, which Object.keys types as strings

/**
 * Tick events: emitted at every full 5, 60 or 3600 seconds of wall time, with that time. A timer exists only for
 * subscribed ticks, so an idle supervisor does not wake up. If the wall clock is set, the next tick still comes after
 * the remaining time, and carries the new time.
 */
export class Ticks {
  readonly #clock: Clock;
  readonly #tick: (type: TickType, when: number) => void;
  readonly #timers = new Map<TickType, Timer>();

  constructor(clock: Clock, tick: (type: TickType, when: number) => void) {
    this.#clock = clock;
    this.#tick = tick;
  }

  /** Sets which ticks run. */
  want(isWanted: (type: TickType) => boolean): void {
    for (const type of TYPES) {
      if (!isWanted(type)) {
        this.#timers.get(type)?.cancel();
        this.#timers.delete(type);
      } else if (!this.#timers.has(type)) {
        this.#arm(type, this.#slice(type));
      }
    }
  }

  #arm(type: TickType, last: number): void {
    const due = (this.#slice(type) + TICKS[type]) * 1_000;
    const timer = this.#clock.setTimer(due - this.#clock.wall(), () => {
      const now = this.#slice(type);
      this.#arm(type, now);
      // The two clocks drift: a timer may fire just before the period ends, and then the next one is short.
      if (now !== last) this.#tick(type, now);
    });
    this.#timers.set(type, timer);
  }

  /** The last full period, in seconds. */
  #slice(type: TickType): number {
    const period = TICKS[type];
    return Math.floor(this.#clock.wall() / 1_000 / period) * period;
  }
}
