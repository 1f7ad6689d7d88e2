import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  isFull,
  LogAge,
  periodOf,
  type RotationInterval,
} from '../../../../../../plugins/output/logging/file/rotation-due.ts';

const HOUR = 3_600_000;
let zone: string | undefined;

beforeEach(() => void (zone = process.env['TZ']));
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** A local time of a zone as a moment. */
function inZone(name: string): (text: string) => number {
  process.env['TZ'] = name;
  return (text) => new Date(text).getTime();
}

function isOver(interval: RotationInterval, since: number, now: number): boolean {
  return new LogAge(since).isOver(interval, now);
}

test('a day ends at local midnight, an hour at its top, a week with its Sunday', () => {
  const at = inZone('Europe/Berlin');
  const since = at('2026-03-04T10:20:30.400');
  for (const [interval, last, first] of [
    ['hourly', '2026-03-04T10:59:59.999', '2026-03-04T11:00:00.000'],
    ['daily', '2026-03-04T23:59:59.999', '2026-03-05T00:00:00.000'],
    ['weekly', '2026-03-08T23:59:59.999', '2026-03-09T00:00:00.000'],
  ] as const) {
    expect([interval, isOver(interval, since, at(last))]).toEqual([interval, false]);
    expect([interval, isOver(interval, since, at(first))]).toEqual([interval, true]);
  }
  expect(isOver('never', since, at('2036-01-01T00:00:00'))).toBe(false);
});

describe('when the clocks change', () => {
  test('the days have 23 and 25 hours', () => {
    const at = inZone('Europe/Berlin');
    const spring = periodOf('daily', at('2026-03-29T12:00:00'));
    expect((spring.end - spring.start) / HOUR).toBe(23);
    const autumn = periodOf('daily', at('2026-10-25T12:00:00'));
    expect((autumn.end - autumn.start) / HOUR).toBe(25);
  });

  test('the hour that comes twice is two hours', () => {
    const at = inZone('Europe/Berlin');
    const first = at('2026-10-25T02:30:00');
    expect(isOver('hourly', first, first + HOUR / 4)).toBe(false);
    expect(isOver('hourly', first, first + HOUR)).toBe(true);
    expect(isOver('daily', first, first + HOUR)).toBe(false);
  });

  test('a midnight that is left out is the first moment of its day', () => {
    const at = inZone('America/Santiago'); // 2026-09-06: from 24:00 straight to 01:00
    const before = at('2026-09-05T23:59:59.999');
    expect(isOver('daily', before, before + 1)).toBe(true);
    expect(periodOf('daily', before + 1).start).toBe(before + 1);
  });

  test('zones that are half an hour off have their own top of the hour', () => {
    const at = inZone('Asia/Kolkata');
    expect(periodOf('hourly', at('2026-01-01T10:29:00')).start).toBe(at('2026-01-01T10:00:00'));
  });
});

describe('when the clock is set', () => {
  test('back over midnight by a little, the log is not rotated again, neither then nor at the second midnight', () => {
    const at = inZone('UTC');
    const age = new LogAge(at('2026-01-02T00:00:01Z'));
    for (const now of ['2026-01-01T23:59:58Z', '2026-01-02T00:00:00Z', '2026-01-02T23:59:59Z']) {
      expect(age.isOver('daily', at(now))).toBe(false);
    }
    expect(age.isOver('daily', at('2026-01-03T00:00:00Z'))).toBe(true);
  });

  test('far ahead and back again, rotation goes on with the days of the right clock', () => {
    const at = inZone('UTC');
    const age = new LogAge(at('2026-01-02T12:00:00Z'));
    expect(age.isOver('daily', at('2038-01-19T03:14:07Z'))).toBe(true);
    age.begin(at('2038-01-19T03:14:07Z'));
    expect(age.isOver('daily', at('2026-01-02T12:00:10Z'))).toBe(false);
    expect(age.isOver('daily', at('2026-01-03T00:00:00Z'))).toBe(true);
  });
});

test('a log is full at its limit; after a rotation that failed, it is full again only at the size of the next try', () => {
  const limits = { maxBytes: 100 };
  expect([99, 100, 101].map((size) => isFull(size, 0, limits))).toEqual([false, true, true]);
  expect([100, 199, 200].map((size) => isFull(size, 200, limits))).toEqual([false, false, true]);
  expect(isFull(1_000, 0, { maxBytes: 0 })).toBe(false);
});
