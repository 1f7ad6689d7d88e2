import type { Clock, Timer } from '../index.ts';

/** A clock that moves only by `advance`. Timers fire in the order of their due times. */
export class FakeClock implements Clock {
  #now = 0;
  #wall = Date.UTC(2026, 0, 1);
  #timers: { due: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wall;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { due: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  /** The number of pending timers; an idle supervisor has none. */
  get pending(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#wall += next.due - this.#now;
      this.#now = next.due;
      next.callback();
    }
    this.#wall += end - this.#now;
    this.#now = end;
  }

  /** Sets the wall clock, as an administrator or NTP does. Durations must not be affected. */
  setWall(wall: number): void {
    this.#wall = wall;
  }
}
