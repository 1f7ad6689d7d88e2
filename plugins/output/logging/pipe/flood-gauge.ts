import type { Clock } from '../../../../core/index.ts';

/** So many reads within so many milliseconds are a flood. */
const FLOOD_READS = 32;
const FLOOD_MS = 32;

/** Detects that a pipe is readable all the time. */
export class FloodGauge {
  readonly #clock: Clock;
  #reads = 0;
  /** When the last 32 reads were counted. */
  #since = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Called for every read: a hot path (test/bench, output). It reads the clock once in 32 calls. */
  isFlood(): boolean {
    this.#reads += 1;
    if (this.#reads < FLOOD_READS) return false;
    const now = this.#clock.now();
    const tookMs = now - this.#since;
    this.#reads = 0;
    this.#since = now;
    return tookMs <= FLOOD_MS;
  }
}
