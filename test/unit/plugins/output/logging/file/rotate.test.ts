import { expect, test } from 'vitest';
import { rotationOf } from '../../../../../../plugins/output/logging/file/rotate.ts';

const steps = (backups: number, ...existing: string[]) =>
  rotationOf('x', backups, (path) => existing.includes(path)).map((step) =>
    step.kind === 'rename' ? `${step.from}>${step.to}` : `-${step.path}`,
  );

test('every backup moves up by one, the oldest first, and the log becomes .1', () => {
  expect(steps(3, 'x', 'x.1', 'x.2', 'x.3')).toEqual(['x.2>x.3', 'x.1>x.2', 'x>x.1']);
});

test('a missing backup leaves a gap when the others are renamed', () => {
  expect(steps(4, 'x', 'x.2')).toEqual(['x.2>x.3', 'x>x.1']);
});

test('one backup: the log replaces it', () => {
  expect(steps(1, 'x', 'x.1')).toEqual(['x>x.1']);
});

test('without backups nothing is renamed', () => {
  expect(steps(0, 'x', 'x.1')).toEqual([]);
});

test('compressed backups move up as the others do', () => {
  expect(steps(3, 'x', 'x.1', 'x.2.gz', 'x.3.gz')).toEqual(['x.2.gz>x.3.gz', 'x.1>x.2', 'x>x.1']);
});

test('the oldest goes, too, where its successor has the other form', () => {
  expect(steps(3, 'x', 'x.2', 'x.3.gz')).toEqual(['-x.3.gz', 'x.2>x.3', 'x>x.1']);
  expect(steps(1, 'x', 'x.1.gz')).toEqual(['-x.1.gz', 'x>x.1']);
});

test('a backup that is there in both forms for a moment keeps both', () => {
  expect(steps(2, 'x', 'x.1', 'x.1.gz')).toEqual(['x.1>x.2', 'x.1.gz>x.2.gz', 'x>x.1']);
});
