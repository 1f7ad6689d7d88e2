import type { Clock, Timer } from '../../../core/index.ts';

/** How often the log reports a pool that keeps losing events. */
const DROP_REPORT_MS = 60_000;

/**
 * Keeps the log readable while a pool loses events: the first loss is logged at once, those of the next minute together
 * at its end. No timer runs while nothing is lost.
 */
export class DropReport {
  readonly #clock: Clock;
  readonly #report: (count: number) => void;
  #timer: Timer | undefined;
  #unreported = 0;

  constructor(clock: Clock, report: (count: number) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Whether to log this loss now, by itself. */
  lost(): boolean {
    if (this.#timer === undefined) {
      this.#arm();
      return true;
    }
    this.#unreported += 1;
    return false;
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#unreported > 0) this.#report(this.#unreported);
    this.#unreported = 0;
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(DROP_REPORT_MS, () => {
      const count = this.#unreported;
      this.#timer = undefined;
      this.#unreported = 0;
      if (count === 0) return;
      this.#report(count);
      this.#arm();
    });
  }
}
