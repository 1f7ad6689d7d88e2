import { expect, test } from 'vitest';

import { nearest } from '../../../../plugins/config/options/nearest.ts';

const KNOWN = ['autostart', 'autorestart', 'startsecs', 'stopsignal', 'numprocs', 'user'];

test.each([
  ['autostrat', 'autostart'],
  ['autorestrat', 'autorestart'],
  ['stopsignail', 'stopsignal'],
  ['numproc', 'numprocs'],
  ["'user", 'user'],
  ['AUTOSTART', 'autostart'],
  ['something', undefined],
  ['x', undefined],
  ['', undefined],
  ['autostart'.repeat(1000), undefined],
])('%j is meant as %j', (word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant);
});
