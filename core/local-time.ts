/**
 * Local time as `date` shows it. Node knows a time zone only by its name: with a rule in TZ
 * (`CET-1CEST,M3.5.0,M10.5.0/3`), or a file mounted over /etc/localtime, it shows UTC. libc reads both, so code that
 * loads core/posix.ts passes its `utcOffset` to {@link useUtcOffset}. A time zone belongs to the operating-system
 * process, so this is the one setting at module level.
 */

/**
 * The difference of local time to UTC at a moment, in milliseconds; positive east of UTC. `wallMs`: milliseconds since
 * the epoch.
 */
export type UtcOffset = (wallMs: number) => number;

export interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

let offsetAt: UtcOffset = nodeOffset;
/** The last result. Offsets change at whole seconds only, so it holds for the rest of its second. */
let last = { second: Number.NaN, offset: 0 };

/** Uses `source` for local time from now on; without an argument, Node's. */
export function useUtcOffset(source: UtcOffset = nodeOffset): void {
  offsetAt = source;
  last = { second: Number.NaN, offset: 0 };
}

export function localTime(wallMs: number): LocalTime {
  const date = new Date(wallMs + utcOffset(wallMs));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

/**
 * The beginning of a day: its midnight, or the end of the gap if the clocks skip midnight. A day or month out of range
 * carries over, as in `Date`.
 */
export function startOfDay({ year, month, day }: Pick<LocalTime, 'year' | 'month' | 'day'>): number {
  const asUtc = Date.UTC(year, month - 1, day);
  const [before, after] = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => asUtc - utcOffset(near));
  const exists = (moment: number): boolean => moment + utcOffset(moment) === asUtc;
  return [before, after].filter((moment) => moment !== undefined).find(exists) ?? before ?? asUtc;
}

const DAY_MS = 86_400_000;

/** `2026-01-31`. */
export function isoDate({ year, month, day }: LocalTime): string {
  return `${year}-${two(month)}-${two(day)}`;
}

/** `09:05:00`. */
export function clockTime({ hour, minute, second }: LocalTime): string {
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `Jan`, in English whatever the locale. */
export function monthName({ month }: Pick<LocalTime, 'month'>): string {
  return MONTHS[month - 1] ?? '';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

function utcOffset(wallMs: number): number {
  const second = Math.floor(wallMs / 1000);
  if (second !== last.second) last = { second, offset: offsetAt(wallMs) };
  return last.offset;
}

function nodeOffset(wallMs: number): number {
  return -new Date(wallMs).getTimezoneOffset() * 60_000;
}
