import { describe, expect, test } from 'vitest';
import { STATE_CODES, type State } from '../../../../core/machine/state.ts';
import { step, TABLE, type Input, type Policy } from '../../../../core/machine/table.ts';

const policy: Policy = { startsecs: 1, killasgroup: false, tries: 0 };
const how = { signal: 'SIGTERM', asGroup: false, waitMs: 10_000 } as const;
const INPUTS: { readonly [Kind in Input['kind']]: Extract<Input, { kind: Kind }> } = {
  start: { kind: 'start' },
  spawned: { kind: 'spawned' },
  spawnFailed: { kind: 'spawnFailed', verdict: { kind: 'leave' } },
  stayedUp: { kind: 'stayedUp' },
  unready: { kind: 'unready' },
  fail: { kind: 'fail', how },
  exited: { kind: 'exited', verdict: { kind: 'leave' } },
  backoffOver: { kind: 'backoffOver' },
  gaveUp: { kind: 'gaveUp' },
  restartDue: { kind: 'restartDue' },
  cancel: { kind: 'cancel' },
  stop: { kind: 'stop', how },
  stopTimedOut: { kind: 'stopTimedOut', how },
  signalFailed: { kind: 'signalFailed' },
};

/** The whole table as one picture: what every input leads to from every state; a dash is a hole. */
test('every cell leads where the life of a process says', () => {
  const picture = Object.fromEntries(
    (Object.keys(STATE_CODES) as State[]).map((state) => [
      state,
      Object.values(INPUTS)
        .map((input) => [input.kind, step(state, input, policy)?.state] as const)
        .filter(([, next]) => next !== undefined)
        .map(([kind, next]) => `${kind} → ${next}`),
    ]),
  );
  expect(picture).toEqual({
    STOPPED: ['start → STARTING'],
    STARTING: [
      'spawned → STARTING',
      'spawnFailed → BACKOFF',
      'stayedUp → RUNNING',
      'unready → STARTING',
      'fail → STARTING',
      'exited → BACKOFF',
      'cancel → STOPPED',
      'stop → STOPPING',
      'stopTimedOut → STARTING',
      'signalFailed → UNKNOWN',
    ],
    RUNNING: [
      'fail → RUNNING',
      'exited → EXITED',
      'stop → STOPPING',
      'stopTimedOut → RUNNING',
      'signalFailed → UNKNOWN',
    ],
    BACKOFF: ['start → STARTING', 'backoffOver → STARTING', 'gaveUp → FATAL', 'stop → STOPPED'],
    STOPPING: ['exited → STOPPED', 'stopTimedOut → STOPPING', 'signalFailed → UNKNOWN'],
    EXITED: ['start → STARTING', 'restartDue → STARTING', 'stop → STOPPED'],
    FATAL: ['start → STARTING'],
    UNKNOWN: ['exited → STOPPED', 'stop → STOPPING'],
  });
});

test('every state has a row', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(STATE_CODES).sort());
});

describe('effects', () => {
  test('a start spawns, and only a retry keeps counting the failures', () => {
    expect(step('FATAL', INPUTS.start, { ...policy, tries: 4 })).toEqual({
      state: 'STARTING',
      tries: 0,
      effects: [{ kind: 'spawn' }],
    });
    expect(step('BACKOFF', INPUTS.backoffOver, { ...policy, tries: 2 })?.tries).toBe(2);
  });

  test('a failed start waits as the verdict says, or gives up by way of BACKOFF', () => {
    const retry = step(
      'STARTING',
      { kind: 'exited', verdict: { kind: 'restart', delayMs: 3000 } },
      { ...policy, tries: 2 },
    );
    expect(retry).toEqual({
      state: 'BACKOFF',
      tries: 3,
      effects: [{ kind: 'timer', delayMs: 3000, input: { kind: 'backoffOver' } }],
    });
    const leave = step('STARTING', INPUTS.spawnFailed, policy);
    expect(leave).toEqual({ state: 'BACKOFF', tries: 1, effects: [{ kind: 'input', input: { kind: 'gaveUp' } }] });
  });

  test('a stop signals as asked, and again with SIGKILL after every wait', () => {
    expect(step('RUNNING', INPUTS.stop, policy)?.effects).toEqual([
      { kind: 'signal', signal: 'SIGTERM', asGroup: false },
      { kind: 'timer', delayMs: 10_000, input: { kind: 'stopTimedOut', how } },
    ]);
    expect(step('STOPPING', INPUTS.stopTimedOut, { ...policy, killasgroup: true })?.effects).toEqual([
      { kind: 'signal', signal: 'SIGKILL', asGroup: true },
      { kind: 'timer', delayMs: 10_000, input: { kind: 'stopTimedOut', how } },
    ]);
  });

  test('a restart is immediate at delay 0, and a timer otherwise', () => {
    expect(step('RUNNING', { kind: 'exited', verdict: { kind: 'restart', delayMs: 0 } }, policy)?.effects).toEqual([
      { kind: 'input', input: { kind: 'restartDue' } },
    ]);
    expect(step('RUNNING', { kind: 'exited', verdict: { kind: 'restart', delayMs: 5 } }, policy)?.effects).toEqual([
      { kind: 'timer', delayMs: 5, input: { kind: 'restartDue' } },
    ]);
  });
});
