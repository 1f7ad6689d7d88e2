import type { Clock, Timer } from '../../../core/index.ts';

const WINDOW_MS = 60_000;
/** Lines per window. */
const MOST_LINES = 5;

/**
 * Limits log lines that clients can cause without authentication: five per minute are written, and at the end of the
 * minute one line gives the total. A timer exists only in a minute in which lines were left out.
 */
export class BoundedLog {
  readonly #clock: Clock;
  readonly #write: (text: string) => void;
  readonly #what: string;
  #begin = -Infinity;
  #written = 0;
  #leftOut = 0;
  #timer: Timer | undefined;

  /** `what` names the lines in the plural: `wrong passwords`. */
  constructor(clock: Clock, what: string, write: (text: string) => void) {
    this.#clock = clock;
    this.#what = what;
    this.#write = write;
  }

  write(text: string): void {
    const now = this.#clock.now();
    if (now - this.#begin >= WINDOW_MS && this.#timer === undefined) {
      this.#begin = now;
      this.#written = 0;
    }
    if (this.#written < MOST_LINES) {
      this.#written += 1;
      return this.#write(text);
    }
    this.#leftOut += 1;
    this.#timer ??= this.#clock.setTimer(this.#begin + WINDOW_MS - now, () => this.#sum());
    return undefined;
  }

  close(): void {
    this.#timer?.cancel();
    if (this.#timer !== undefined) this.#sum();
  }

  #sum(): void {
    this.#timer = undefined;
    this.#write(`${this.#leftOut} more ${this.#what} in the last minute`);
    this.#leftOut = 0;
  }
}
