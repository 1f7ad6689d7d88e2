import { fc, test as property } from '@fast-check/vitest';
import { afterEach, expect, test } from 'vitest';
import { clockTime, isoDate, localTime, startOfDay, useUtcOffset } from '../../../core/index.ts';

const HOUR = 3_600_000;

afterEach(() => useUtcOffset());

property.prop([fc.integer({ min: 0, max: 4_000_000_000_000 })])('without a source it is what Node says', (at) => {
  const date = new Date(at);
  expect(localTime(at)).toEqual({
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    weekday: date.getDay(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
    millisecond: date.getMilliseconds(),
  });
  expect(startOfDay(localTime(at))).toBe(new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime());
});

test('a source is asked once a second, and anew when the second is over', () => {
  const asked: number[] = [];
  const change = Date.UTC(2026, 2, 29, 1);
  useUtcOffset((at) => {
    asked.push(at);
    return at < change ? HOUR : 2 * HOUR;
  });
  const times = [change - 1000, change - 1, change, change + 999].map((at) => clockTime(localTime(at)));
  expect(times).toEqual(['01:59:59', '01:59:59', '03:00:00', '03:00:00']);
  expect(asked).toHaveLength(2);
});

test('a day whose midnight is skipped begins after the gap; one whose midnight comes twice, with the first', () => {
  const spring = Date.UTC(2026, 9, 4, 4); // at 00:00 (UTC-4) the clocks go to 01:00
  useUtcOffset((at) => (at < spring ? -4 : -3) * HOUR);
  expect(startOfDay({ year: 2026, month: 10, day: 4 })).toBe(spring);
  expect(clockTime(localTime(spring))).toBe('01:00:00');
  const autumn = Date.UTC(2026, 3, 5, 4); // at 01:00 (UTC-3) the clocks go to 00:00
  useUtcOffset((at) => (at < autumn ? -3 : -4) * HOUR);
  expect(startOfDay({ year: 2026, month: 4, day: 5 })).toBe(autumn - HOUR);
});

test('days beyond the end of a month count on', () => {
  useUtcOffset(() => 0);
  expect(isoDate(localTime(startOfDay({ year: 2026, month: 2, day: 30 })))).toBe('2026-03-02');
});
