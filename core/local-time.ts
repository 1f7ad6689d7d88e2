/**
 * Local time as `date` shows it. Node knows a time zone by its name only: with a rule in TZ (`CET-1CEST,M3.5.0,M10.5.0/3`), or a
 * file mounted over /etc/localtime, it shows UTC. libc reads both, so whoever loads core/posix.ts passes its `utcOffset` to
 * {@link useUtcOffset}. A time zone belongs to the operating-system process, so this is the one setting at module level.
 */

/** Milliseconds by which local time is ahead of UTC at a moment (milliseconds since the epoch). */
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
/** The last answer. Rules change at whole seconds, so it holds for the rest of its second. */
let last = { second: Number.NaN, offset: 0 };

/** Makes local time follow `source` from now on; without one, Node. */
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

/** When a day begins: its midnight, or the end of the gap where the clocks skip it. A day or month out of range counts on, as in `Date`. */
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
