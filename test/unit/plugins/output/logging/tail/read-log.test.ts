import { expect, test } from 'vitest';
import { rangeOfTail, rangeToRead } from '../../../../../../plugins/output/logging/tail/read-log.ts';

const LOG = '0123456789abcdefghij';
const at = (range: { from: number; length: number } | undefined) =>
  range === undefined ? 'BAD_ARGUMENTS' : LOG.slice(range.from, range.from + range.length);

test.each([
  [0, 0, LOG],
  [0, 5, '01234'],
  [5, 5, '56789'],
  [15, 100, 'fghij'],
  [20, 5, ''],
  [100, 0, ''],
  [18, 0, 'ij'],
  [-4, 0, 'ghij'],
  [-100, 0, LOG],
  [-4, 2, 'BAD_ARGUMENTS'],
  [-4, -1, 'BAD_ARGUMENTS'],
  [0, -1, 'BAD_ARGUMENTS'],
  [5, -3, 'BAD_ARGUMENTS'],
])('reading from %d, %d bytes, gives %j', (offset, length, want) => {
  expect(at(rangeToRead(LOG.length, offset, length))).toBe(want);
});

test.each([
  [0, 5, 'fghij'],
  [0, 20, LOG],
  [0, 100, LOG],
  [15, 5, 'fghij'],
  [14, 5, 'fghij'],
  [20, 5, ''],
  [100, 5, ''],
  [0, 0, ''],
  [18, 6, 'efghij'],
])('the tail from %d, %d bytes, is %j', (offset, length, want) => {
  expect(at(rangeOfTail(LOG.length, offset, length))).toBe(want);
});
