import { beforeEach, expect, test } from 'vitest';
import { Ticks } from '../../../../../plugins/programs/eventlistener/ticks.ts';
import { FakeClock } from '../../../../../core/testing/index.ts';

let clock: FakeClock;
let ticks: Ticks;
let told: string[];
const START = Date.UTC(2026, 0, 1) / 1_000; // a full hour

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  ticks = new Ticks(clock, (type, when) => told.push(`${type} +${when - START}`));
});

test('nobody is told the time who does not want to know, and no timer runs', () => {
  clock.advance(10_000_000);
  expect(told).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('ticks come at full periods of wall time, wherever they begin', () => {
  clock.advance(3_700);
  ticks.want((type) => type === 'TICK_5');
  clock.advance(12_000);
  expect(told).toEqual(['TICK_5 +5', 'TICK_5 +10', 'TICK_5 +15']);
  expect(clock.pending).toBe(1);
});

test('all three kinds tick side by side', () => {
  ticks.want(() => true);
  clock.advance(3_600_000);
  const count = (type: string) => told.filter((tick) => tick.startsWith(`${type} `)).length;
  expect([count('TICK_5'), count('TICK_60'), count('TICK_3600')]).toEqual([720, 60, 1]);
  expect(told).toContain('TICK_3600 +3600');
});

test('what is no longer wanted stops', () => {
  ticks.want(() => true);
  ticks.want((type) => type === 'TICK_60');
  expect(clock.pending).toBe(1);
  clock.advance(60_000);
  ticks.want(() => false);
  clock.advance(600_000);
  expect(told).toEqual(['TICK_60 +60']);
  expect(clock.pending).toBe(0);
});

test('asking for the same again does not begin anew', () => {
  ticks.want(() => true);
  clock.advance(4_000);
  ticks.want(() => true);
  expect(clock.pending).toBe(3);
  clock.advance(1_000);
  expect(told).toEqual(['TICK_5 +5']);
});

test.each([
  { hours: 1, when: 3_605, next: 3_610 },
  { hours: -1, when: -3_595, next: -3_590 },
])('after the wall clock was set by $hours h the next tick tells the new time', ({ hours, when, next }) => {
  ticks.want((type) => type === 'TICK_5');
  clock.advance(2_000);
  clock.setWall(clock.wall() + hours * 3_600_000);
  clock.advance(8_000);
  expect(told).toEqual([`TICK_5 +${when}`, `TICK_5 +${next}`]);
});

test('a timer that is early does not tick twice', () => {
  ticks.want((type) => type === 'TICK_5');
  clock.advance(4_999);
  clock.setWall(clock.wall() - 10); // the wall clock is a little slow
  clock.advance(1);
  expect(told).toEqual([]);
  clock.advance(10);
  expect(told).toEqual(['TICK_5 +5']);
});
