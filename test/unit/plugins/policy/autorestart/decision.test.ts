import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exit } from '../../../../../core/index.ts';
import {
  decide,
  isExpected,
  type AutorestartValues,
  type End,
} from '../../../../../plugins/policy/autorestart/index.ts';

const POLICY: AutorestartValues = { autorestart: 'unexpected', exitcodes: [0], startretries: 3 };
const code = (n: number): Exit => ({ kind: 'code', code: n });
const KILLED: Exit = { kind: 'signal', signal: 'SIGKILL' };
const MISSING: Exit = { kind: 'spawnFailed', reason: "can't find command 'x'" };

describe('which end is expected', () => {
  test.each([
    { exit: code(0), exitcodes: [0], expected: true },
    { exit: code(1), exitcodes: [0], expected: false },
    { exit: code(2), exitcodes: [0, 2], expected: true },
    { exit: code(0), exitcodes: [2], expected: false },
    { exit: code(0), exitcodes: [], expected: false },
    { exit: KILLED, exitcodes: [0, -1, 9, 137], expected: false },
    { exit: MISSING, exitcodes: [0], expected: false },
  ])('$exit with exitcodes=$exitcodes: $expected', ({ exit, exitcodes, expected }) => {
    expect(isExpected(exit, exitcodes)).toBe(expected);
  });
});

describe('a start that failed', () => {
  test.each([
    { tries: 0, startretries: 3, delayMs: 1_000 },
    { tries: 1, startretries: 3, delayMs: 2_000 },
    { tries: 2, startretries: 3, delayMs: 3_000 },
    { tries: 3, startretries: 3, delayMs: undefined },
    { tries: 0, startretries: 1, delayMs: 1_000 },
    { tries: 1, startretries: 1, delayMs: undefined },
    { tries: 0, startretries: 0, delayMs: undefined },
    { tries: 40, startretries: 100, delayMs: 41_000 },
  ])('after $tries others, startretries=$startretries: $delayMs', ({ tries, startretries, delayMs }) => {
    const verdict = decide({ exit: code(1), of: 'start', tries, livedMs: 0 }, { ...POLICY, startretries });
    expect(verdict).toMatchObject(delayMs === undefined ? { kind: 'leave' } : { kind: 'restart', delayMs });
  });

  test.each([
    { what: 'an expected exit code', exit: code(0), autorestart: 'unexpected' },
    { what: 'autorestart=false', exit: code(1), autorestart: false },
    { what: 'a command that does not exist', exit: MISSING, autorestart: 'unexpected' },
  ] as const)('is tried again in spite of $what', ({ exit, autorestart }) => {
    const verdict = decide({ exit, of: 'start', tries: 0, livedMs: 0 }, { ...POLICY, autorestart });
    expect(verdict).toMatchObject({ kind: 'restart', delayMs: 1_000 });
  });

  test('that is left says how many there were', () => {
    expect(decide({ exit: code(1), of: 'start', tries: 3, livedMs: 0 }, POLICY)).toEqual({
      kind: 'leave',
      reason: 'gave up after 4 failed starts',
    });
  });
});

describe('a run that ended', () => {
  test.each([
    { autorestart: true, exit: code(0), kind: 'restart' },
    { autorestart: true, exit: code(1), kind: 'restart' },
    { autorestart: true, exit: KILLED, kind: 'restart' },
    { autorestart: 'unexpected', exit: code(0), kind: 'leave' },
    { autorestart: 'unexpected', exit: code(1), kind: 'restart' },
    { autorestart: 'unexpected', exit: KILLED, kind: 'restart' },
    { autorestart: false, exit: code(0), kind: 'leave' },
    { autorestart: false, exit: code(1), kind: 'leave' },
    { autorestart: false, exit: KILLED, kind: 'leave' },
  ] as const)('autorestart=$autorestart, $exit: $kind', ({ autorestart, exit, kind }) => {
    expect(decide({ exit, of: 'run', tries: 0, livedMs: 5_000 }, { ...POLICY, autorestart }).kind).toBe(kind);
  });

  test.each([
    { livedMs: 0, delayMs: 1_000 },
    { livedMs: 400, delayMs: 600 },
    { livedMs: 1_000, delayMs: 0 },
    { livedMs: 86_400_000, delayMs: 0 },
  ])('after $livedMs ms starts again in $delayMs ms', ({ livedMs, delayMs }) => {
    expect(decide({ exit: code(1), of: 'run', tries: 0, livedMs }, POLICY)).toMatchObject({ delayMs });
  });
});

test('starts never follow each other within less than a second', () => {
  const ends = fc.record({
    exit: fc.oneof(fc.integer({ min: 0, max: 255 }).map(code), fc.constantFrom<Exit>(KILLED, MISSING)),
    of: fc.constantFrom<End['of']>('start', 'run'),
    tries: fc.nat(1_000),
    livedMs: fc.nat(),
  });
  const policies = fc.record({
    autorestart: fc.constantFrom<AutorestartValues['autorestart']>(true, false, 'unexpected'),
    exitcodes: fc.array(fc.integer({ min: 0, max: 255 })),
    startretries: fc.nat(1_000),
  });
  const oneASecond = fc.property(ends, policies, (end, policy) => {
    const verdict = decide(end, policy);
    if (verdict.kind === 'leave') return;
    expect(end.livedMs + verdict.delayMs).toBeGreaterThanOrEqual(1_000);
  });
  fc.assert(oneASecond);
});
