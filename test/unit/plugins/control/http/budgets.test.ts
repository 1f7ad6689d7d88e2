import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BUDGETS, claimantOf, Usage } from '../../../../../plugins/control/http/budgets.ts';

test('viewers use up half of a budget, the network three quarters, the unix socket all of it', () => {
  const usage = new Usage({ ...BUDGETS, streams: 8 });
  const served = (claimant: 'viewer' | 'network' | 'local'): number => {
    let count = 0;
    try {
      for (; ; count += 1) usage.take('streams', 1, claimant);
    } catch {
      return count;
    }
  };
  expect([served('viewer'), served('network'), served('local')]).toEqual([4, 2, 2]);
  usage.giveBack('streams', 8);
  expect(served('viewer')).toBe(4);
});

test('a refusal says in its status line which budget is used up, and by whom', () => {
  const usage = new Usage({ ...BUDGETS, streams: 2 });
  usage.take('streams', 1, 'viewer');
  expect(() => usage.take('streams', 1, 'viewer')).toThrow(
    expect.objectContaining({
      status: 503,
      code: 'TOO_MANY_STREAMS',
      reason: expect.stringMatching(
        /^Service Unavailable: 1 streams are open, the limit for accounts that may only look/,
      ),
    }),
  );
});

test('a viewer is one on every server; who may do everything is told apart by the way', () => {
  expect([claimantOf('viewer', 'unix'), claimantOf('admin', 'inet'), claimantOf('admin', 'unix')]).toEqual([
    'viewer',
    'network',
    'local',
  ]);
});

test('the documentation has every budget with its value', () => {
  const page = readFileSync(new URL('../../../../../docs/plugins/http.md', import.meta.url), 'utf8');
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` \| ([\d,]+)(?: (MiB|s))? \|/gm)].map(([, name, number = '', unit]) => [
      name,
      Number(number.replaceAll(',', '')) * (unit === 'MiB' ? 2 ** 20 : unit === 's' ? 1_000 : 1),
    ]),
  );
  expect(Object.fromEntries(rows)).toEqual({ ...BUDGETS });
});
