import { afterEach, describe, expect, test, vi } from 'vitest';
import { isCi, isMissing } from '../../support/peers.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['', false],
  ['0', false],
  ['false', false],
  [undefined, false],
])('CI=%s is CI: %s', (CI, expected) => {
  expect(isCi(CI === undefined ? {} : { CI })).toBe(expected);
});

describe('a peer that is not installed', () => {
  test('fails in CI', () => {
    vi.stubEnv('CI', 'true');
    expect(() => isMissing('nothing', false, 'the test is about nothing')).toThrow(
      'CI needs nothing, which is not here: the test is about nothing',
    );
  });

  test('skips with a warning elsewhere', () => {
    vi.stubEnv('CI', '');
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    expect(isMissing('nothing', false, 'the test is about nothing')).toBe(true);
    expect(warn).toHaveBeenCalledWith('SKIPPED: nothing is not here: the test is about nothing');
  });

  test('that is there, neither fails nor skips', () => {
    vi.stubEnv('CI', 'true');
    expect(isMissing('this', true, 'nothing')).toBe(false);
  });
});
