import type { Stats } from 'node:fs';
import { expect, test } from 'vitest';
import { canExchange, isTrustedLink, reasonToRefuse, trustOf } from '../../../core/files/trust.ts';

const SELF = 1000;
const OTHER = 1001;

function owned(uid: number, mode: number, gid = uid): { uid: number; gid: number; mode: number } {
  return { uid, gid, mode: 0o040000 | mode };
}

test('a folder is own when only root and the daemon can write there', () => {
  expect(trustOf(owned(0, 0o755), SELF)).toBe('own');
  expect(trustOf(owned(SELF, 0o700), SELF)).toBe('own');
  expect(trustOf(owned(0, 0o775), SELF)).toBe('own'); // the group of root
});

test('a folder of theirs where a group or all can write is shared, one of anybody else foreign', () => {
  expect(trustOf(owned(0, 0o1777), SELF)).toBe('shared');
  expect(trustOf(owned(0, 0o775, 110), SELF)).toBe('shared');
  expect(trustOf(owned(SELF, 0o775), SELF)).toBe('shared');
  expect(trustOf(owned(OTHER, 0o700), SELF)).toBe('foreign');
  expect(trustOf(owned(OTHER, 0o755, 0), 0)).toBe('foreign');
});

test('the sticky bit keeps others from exchanging what is ours, and nobody from exchanging what is theirs', () => {
  expect(canExchange(owned(0, 0o1777), { uid: SELF }, SELF)).toBe(false);
  expect(canExchange(owned(0, 0o1777), { uid: OTHER }, SELF)).toBe(true);
  expect(canExchange(owned(0, 0o777), { uid: SELF }, SELF)).toBe(true);
  expect(canExchange(owned(OTHER, 0o1755), { uid: 0 }, SELF)).toBe(true);
  expect(canExchange(owned(0, 0o755), { uid: OTHER }, SELF)).toBe(false);
});

test('a link is followed where it was made by somebody who could do without it', () => {
  expect(isTrustedLink('own', { uid: OTHER }, SELF)).toBe(true);
  expect(isTrustedLink('shared', { uid: 0 }, SELF)).toBe(true);
  expect(isTrustedLink('shared', { uid: SELF }, SELF)).toBe(true);
  expect(isTrustedLink('shared', { uid: OTHER }, SELF)).toBe(false);
  expect(isTrustedLink('foreign', { uid: 0 }, SELF)).toBe(false);
});

test('where others can exchange names, devices are refused, and second names unless the kernel guards them', () => {
  const kind = (is: 'file' | 'device' | 'fifo', nlink = 1): Stats =>
    Object.assign(
      Object.create({
        isFile: () => is === 'file',
        isCharacterDevice: () => is === 'device',
        isBlockDevice: () => false,
      }) as Stats,
      { nlink },
    );
  expect(reasonToRefuse(kind('device'), true)).toBe('it is a device');
  expect(reasonToRefuse(kind('file', 2), false)).toBe('it has a second name (a hard link)');
  expect(reasonToRefuse(kind('file', 2), true)).toBeUndefined();
  expect(reasonToRefuse(kind('file'), false)).toBeUndefined();
  expect(reasonToRefuse(kind('fifo'), false)).toBeUndefined();
});
