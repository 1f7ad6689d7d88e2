import { expect, test } from 'vitest';
import { rotationOf } from '../../../../plugins/logging/rotate.ts';

const steps = (backups: number, ...existing: string[]) =>
  rotationOf('x', backups, (path) => existing.includes(path)).map(({ from, to }) => `${from}>${to}`);

test('every backup moves up by one, the oldest first, and the log becomes .1', () => {
  expect(steps(3, 'x', 'x.1', 'x.2', 'x.3')).toEqual(['x.2>x.3', 'x.1>x.2', 'x>x.1']);
});

test('gaps stay gaps', () => {
  expect(steps(4, 'x', 'x.2')).toEqual(['x.2>x.3', 'x>x.1']);
});

test('one backup: the log replaces it', () => {
  expect(steps(1, 'x', 'x.1')).toEqual(['x>x.1']);
});

test('without backups nothing is renamed', () => {
  expect(steps(0, 'x', 'x.1')).toEqual([]);
});
