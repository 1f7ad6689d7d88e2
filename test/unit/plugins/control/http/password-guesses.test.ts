import { expect, test } from 'vitest';
import { FakeClock } from '../../../../../core/testing/index.ts';
import { BoundedLog } from '../../../../../plugins/control/http/bounded-log.ts';
import { addressOf } from '../../../../../plugins/control/http/client-identity.ts';
import { GUESS_LIMITS, Guesses } from '../../../../../plugins/control/http/password-guesses.ts';

function underTest(limits = {}) {
  const clock = new FakeClock();
  return { clock, guesses: new Guesses(clock, { ...GUESS_LIMITS, ...limits }) };
}

/** How many of so many tries are looked at, when every one is wrong. */
function lookedAt(guesses: Guesses, address: string, tries: number): number {
  let count = 0;
  for (let index = 0; index < tries; index += 1) {
    if (guesses.waitMs(address) > 0) continue;
    guesses.failed(address);
    count += 1;
  }
  return count;
}

test('of twelve thousand guesses in a second ten are looked at, and then one a second', () => {
  const { clock, guesses } = underTest();
  expect(lookedAt(guesses, 'a', 12_000)).toBe(10);
  clock.advance(999);
  expect(lookedAt(guesses, 'a', 12_000)).toBe(0);
  clock.advance(1);
  expect(lookedAt(guesses, 'a', 12_000)).toBe(1);
  clock.advance(60_000);
  expect(lookedAt(guesses, 'a', 12_000)).toBe(10);
});

test('who guesses locks out nobody at another address', () => {
  const { guesses } = underTest();
  lookedAt(guesses, 'attacker', 1_000);
  expect(guesses.waitMs('attacker')).toBeGreaterThan(0);
  expect(guesses.waitMs('administrator')).toBe(0);
});

test('when very many addresses guess, each has fewer tries; a new one still has its first', () => {
  const { guesses } = underTest();
  for (let address = 0; address < 10; address += 1) expect(lookedAt(guesses, `early ${address}`, 50)).toBe(10);
  for (let address = 0; address < 100; address += 1) expect(lookedAt(guesses, `late ${address}`, 50)).toBe(2);
  expect(guesses.waitMs('administrator')).toBe(0);
});

test('after the flood the usual bounds hold again', () => {
  const { clock, guesses } = underTest();
  for (let address = 0; address < 60; address += 1) lookedAt(guesses, `${address}`, 50);
  clock.advance(60_000);
  expect(lookedAt(guesses, 'new', 50)).toBe(10);
});

test('the memory of addresses is bounded', () => {
  const { guesses } = underTest({ addresses: 3 });
  for (const address of ['a', 'b', 'c']) lookedAt(guesses, address, 20);
  lookedAt(guesses, 'd', 20);
  expect(['a', 'b', 'c', 'd'].map((address) => guesses.waitMs(address) > 0)).toEqual([false, true, true, true]);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::7', '2001:db8:0:0::/64'],
  ['::1', '127.0.0.1'],
  ['127.9.8.7', '127.0.0.1'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, counted) => {
  expect(addressOf(address)).toBe(counted);
});

test('lines that strangers cause are written five times a minute, and then summed up once', () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = new BoundedLog(clock, 'guesses', (text) => lines.push(text));
  for (let index = 0; index < 12_000; index += 1) log.write(`guess ${index}`);
  expect(lines).toHaveLength(5);
  clock.advance(60_000);
  expect(lines.slice(5)).toEqual(['11995 more guesses in the last minute']);
  expect(clock.pending).toBe(0);
  log.write('guess again');
  expect(lines.at(-1)).toBe('guess again');
  log.close();
  expect(lines).toHaveLength(7);
});
