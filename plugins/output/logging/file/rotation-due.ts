import { localTime, startOfDay } from '../../../../core/index.ts';

/** How often a log is rotated, whatever its size. */
export const ROTATION_INTERVALS = ['never', 'hourly', 'daily', 'weekly'] as const;

export type RotationInterval = (typeof ROTATION_INTERVALS)[number];

/**
 * After a write: whether the file has reached its limit. `retryFrom`: the size at which a failed rotation is tried
 * again.
 */
export function isFull(size: number, retryFrom: number, { maxBytes }: { readonly maxBytes: number }): boolean {
  return maxBytes > 0 && size >= maxBytes && size >= retryFrom;
}

/** A period of wall time in milliseconds, without its `end`. */
interface Period {
  readonly start: number;
  readonly end: number;
}

/** A clock that is set back by less than this is ignored. It is less than the difference of two time zones. */
const SMALL_STEP_MS = 3_600_000;

/**
 * The hour, day or week that a moment belongs to in local time. A week begins on Monday. A day has 23 or 25 hours when
 * the clocks change, and an hour that comes twice is two hours.
 */
export function periodOf(interval: Exclude<RotationInterval, 'never'>, at: number): Period {
  const time = localTime(at);
  if (interval === 'hourly') {
    const start = at - (time.minute * 60 + time.second) * 1_000 - time.millisecond;
    return { start, end: start + 3_600_000 };
  }
  const days = interval === 'daily' ? 1 : 7;
  const day = time.day - (interval === 'daily' ? 0 : (time.weekday + 6) % 7);
  return { start: startOfDay({ ...time, day }), end: startOfDay({ ...time, day: day + days }) };
}

/**
 * Before a write: whether the file belongs to an earlier hour, day or week. There is no timer: the first write after
 * the end of the period begins a new file, so a daemon without output does not wake up for it.
 */
export class LogAge {
  /** A moment in the period of the file. */
  #since: number;
  #interval: RotationInterval = 'never';
  #period: Period = { start: 0, end: 0 };

  constructor(since: number) {
    this.#since = since;
  }

  /** Whether the period of the file has ended. Called for every write. */
  isOver(interval: RotationInterval, now: number): boolean {
    if (interval === 'never') return false;
    if (interval !== this.#interval) {
      this.#interval = interval;
      this.#period = periodOf(interval, this.#since);
    }
    const { start, end } = this.#period;
    if (now >= end) return true;
    // NTP may set the clock back a little just after midnight: the new file stays in use. If the step is larger, the
    // clock was wrong before, and the period begins anew.
    if (now < start - SMALL_STEP_MS) this.begin(now);
    return false;
  }

  /** The file belongs to the period of this moment from now on. */
  begin(now: number): void {
    this.#since = now;
    this.#interval = 'never';
  }
}
