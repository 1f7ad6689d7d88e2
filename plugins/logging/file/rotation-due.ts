import { localTime, startOfDay } from '../../../core/index.ts';

/** How often a log is rotated, beside its size. */
export const ROTATION_INTERVALS = ['never', 'hourly', 'daily', 'weekly'] as const;

export type RotationInterval = (typeof ROTATION_INTERVALS)[number];

/** Whether a file has reached its limit, after a write. `retryFrom`: the size before which a rotation that failed is not tried again. */
export function isFull(size: number, retryFrom: number, { maxBytes }: { readonly maxBytes: number }): boolean {
  return maxBytes > 0 && size >= maxBytes && size >= retryFrom;
}

/** A stretch of wall time, in milliseconds: from `start` until just before `end`. */
interface Period {
  readonly start: number;
  readonly end: number;
}

/** How far a clock may be set back without anything being made of it: less than the difference of two zones. */
const SMALL_STEP_MS = 3_600_000;

/**
 * Which hour, day or week a moment belongs to, by the local clock: from the top of the hour, from midnight, from midnight before
 * Monday. A day is as long as it is when the clocks change, and an hour that comes twice is two hours.
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
 * Whether a log has to make room for what is written now. It has no timer: the first write after the end of an hour, day
 * or week begins a new file, so a daemon whose programs say nothing is not woken for it.
 */
export class LogAge {
  /** A moment at which the file was written to, or begun. */
  #since: number;
  #interval: RotationInterval = 'never';
  #period: Period = { start: 0, end: 0 };

  constructor(since: number) {
    this.#since = since;
  }

  /** Whether the file belongs to an earlier hour, day or week. Once for every write. */
  isOver(interval: RotationInterval, now: number): boolean {
    if (interval === 'never') return false;
    if (interval !== this.#interval) {
      this.#interval = interval;
      this.#period = periodOf(interval, this.#since);
    }
    const { start, end } = this.#period;
    if (now >= end) return true;
    // Set back a little, as NTP does at times just after midnight: the new file stays the new file. By more than that: the
    // clock was wrong before, and what it said then counts no more.
    if (now < start - SMALL_STEP_MS) this.begin(now);
    return false;
  }

  /** A new file, or a new count. */
  begin(now: number): void {
    this.#since = now;
    this.#interval = 'never';
  }
}
