import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../../../../plugins/host/daemon/index.ts';

let base = '';
let path = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tsv-lock-'));
  path = join(base, 'one');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const left = (line: string): void => {
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(join(path, 'lock'), line);
};

test('a line that is left holds nobody back where the kernel gives the lock', () => {
  for (const line of [`${process.pid} ?\n`, `${process.pid} 1\n`, '1 1\n', 'nonsense']) {
    left(line);
    const result = takeLock(path, { flock: () => true });
    expect(result.kind, line).toBe('taken');
    if (result.kind === 'taken') result.release();
  }
});

test('a lock that the kernel does not give is held, and so is one of a running process where there is no flock', () => {
  left('1 ?\n');
  expect(takeLock(path, { flock: () => false })).toEqual({ kind: 'held', pid: 1 });
  expect(takeLock(path, { flock: undefined })).toEqual({ kind: 'held', pid: 1 });
});

test.skipIf(process.getuid?.() !== 0)('root takes back the folder of an earlier user', () => {
  left('');
  chownSync(path, 54_321, 54_321);
  const result = takeLock(path, { flock: () => true });
  expect(result.kind).toBe('taken');
  expect(statSync(path).uid).toBe(0);
});
