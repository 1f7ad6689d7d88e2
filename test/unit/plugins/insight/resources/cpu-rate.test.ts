import { expect, test } from 'vitest';
import { CpuRate } from '../../../../../plugins/insight/resources/index.ts';

test('the rate is what was used between two looks: two busy cores are 2', () => {
  const rate = new CpuRate();
  expect(rate.next({ pid: 5, cpuSeconds: 10, atMs: 1_000 })).toBeUndefined();
  expect(rate.next({ pid: 5, cpuSeconds: 11, atMs: 3_000 })).toBe(0.5);
  expect(rate.next({ pid: 5, cpuSeconds: 15, atMs: 5_000 })).toBe(2);
});

test('the CPU rate of a process begins anew with its next child', () => {
  const rate = new CpuRate();
  rate.next({ pid: 5, cpuSeconds: 10, atMs: 0 });
  expect(rate.next({ pid: 6, cpuSeconds: 1, atMs: 1_000 })).toBeUndefined();
  expect(rate.next({ pid: 6, cpuSeconds: 2, atMs: 2_000 })).toBe(1);
});

test('a sum that falls is no use of processor, and two looks at one moment tell nothing', () => {
  const rate = new CpuRate();
  rate.next({ pid: 5, cpuSeconds: 10, atMs: 0 });
  expect(rate.next({ pid: 5, cpuSeconds: 4, atMs: 1_000 })).toBe(0);
  expect(rate.next({ pid: 5, cpuSeconds: 5, atMs: 1_000 })).toBeUndefined();
});
