import type { StopPlan, Verdict } from '../exit.ts';
import type { State } from './state.ts';

/**
 * The complete life cycle of one process. Decisions only: no clock, no child, no hook. A cell takes what happened and
 * returns the next state, with the effects that a driver performs in order. An input without a cell is a bug in the
 * caller, and is reported.
 *
 *     STOPPED ─start→ STARTING ─stayedUp→ RUNNING ─exited→ EXITED
 *                       │  ↑                 │
 *         exited/failed ↓  │ backoffOver     │ stop
 *                     BACKOFF ─gaveUp→ FATAL ↓
 *                                         STOPPING ─exited→ STOPPED
 */
export const TABLE: Table = {
  STOPPED: { start: launch },
  STARTING: {
    spawned: watch,
    stayedUp: up,
    unready: abandon,
    fail: askIn('STARTING'),
    exited: failed,
    spawnFailed: failed,
    cancel: down,
    stop: askIn('STOPPING'),
    stopTimedOut: killIn('STARTING'),
    signalFailed: lost,
  },
  RUNNING: {
    exited: settle,
    fail: askIn('RUNNING'),
    stop: askIn('STOPPING'),
    stopTimedOut: killIn('RUNNING'),
    signalFailed: lost,
  },
  BACKOFF: { backoffOver: launch, start: launch, gaveUp: fatal, stop: down },
  STOPPING: { exited: down, stopTimedOut: killIn('STOPPING'), signalFailed: lost },
  EXITED: { start: launch, restartDue: launch, stop: down },
  FATAL: { start: launch },
  // Signalling failed for an unknown reason. A stop tries again; only the exit of the child leads out.
  UNKNOWN: { exited: down, stop: askIn('STOPPING') },
};

/** Something that happened. */
export type Input =
  | { readonly kind: 'start' }
  | { readonly kind: 'spawned' }
  | { readonly kind: 'spawnFailed'; readonly verdict: Verdict }
  /** Up for `startsecs`, and all `ready` taps have resolved. */
  | { readonly kind: 'stayedUp' }
  /** A `ready` tap failed: the start counts as failed once the child has exited. */
  | { readonly kind: 'unready' }
  /** The child no longer works. It is stopped as by a stop, but its exit counts as unrequested. */
  | { readonly kind: 'fail'; readonly how: StopPlan }
  | { readonly kind: 'exited'; readonly verdict: Verdict }
  | { readonly kind: 'backoffOver' }
  | { readonly kind: 'gaveUp' }
  | { readonly kind: 'restartDue' }
  /** A stop before a child exists: the start is cancelled. */
  | { readonly kind: 'cancel' }
  | { readonly kind: 'stop'; readonly how: StopPlan }
  | { readonly kind: 'stopTimedOut'; readonly how: StopPlan }
  | { readonly kind: 'signalFailed' };

/** What a delay leads to. */
export type TimedInput = Extract<Input, { readonly kind: 'backoffOver' | 'restartDue' | 'stopTimedOut' }>;

/** Something to do. */
export type Effect =
  | { readonly kind: 'spawn' }
  /** Wait for readiness, at least `startsecs`; then send `stayedUp` or `unready`. */
  | { readonly kind: 'awaitReady'; readonly startsecs: number }
  /** Send this input after the delay, unless the state is left before. Replaces an earlier timer. */
  | { readonly kind: 'timer'; readonly delayMs: number; readonly input: TimedInput }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly asGroup: boolean }
  /** Send this input at once. */
  | { readonly kind: 'input'; readonly input: Input };

/** What a step depends on besides the state and the input. */
export interface Policy {
  readonly startsecs: number;
  readonly killasgroup: boolean;
  /** Failed starts in a row before this one. */
  readonly tries: number;
}

export interface Step {
  readonly state: State;
  /** Failed starts in a row, after this step. */
  readonly tries: number;
  readonly effects: readonly Effect[];
}

type Cell<Kind extends Input['kind']> = (policy: Policy, input: Extract<Input, { kind: Kind }>) => Step;
export type Table = { readonly [S in State]: { readonly [Kind in Input['kind']]?: Cell<Kind> } };

/** The step for an input; `undefined` if the table has no cell for it. */
export function step(state: State, input: Input, policy: Policy): Step | undefined {
  // A cell takes only inputs of the kind that is its key. The compiler cannot follow that through the lookup.
  const cell = TABLE[state][input.kind] as Cell<Input['kind']> | undefined;
  return cell?.(policy, input);
}

/** A start, from every state that allows one. The count of failures continues only for a retry. */
function launch({ tries }: Policy, input: { kind: 'start' | 'backoffOver' | 'restartDue' }): Step {
  return to('STARTING', input.kind === 'backoffOver' ? tries : 0, { kind: 'spawn' });
}

function watch({ tries, startsecs }: Policy): Step {
  return to('STARTING', tries, { kind: 'awaitReady', startsecs });
}

function up(): Step {
  return to('RUNNING', 0);
}

/**
 * The process will not become ready. SIGKILL, because a start that failed has nothing to save. Its exit makes the start
 * a failure.
 */
function abandon({ tries, killasgroup }: Policy): Step {
  return to('STARTING', tries, { kind: 'signal', signal: 'SIGKILL', asGroup: killasgroup });
}

/**
 * A failed start. Always goes through BACKOFF, also on the way to FATAL, because listeners count the tries there.
 * Supervisor: process.py transition() gives up from BACKOFF.
 */
function failed({ tries }: Policy, { verdict }: { verdict: Verdict }): Step {
  const next: Effect =
    verdict.kind === 'restart'
      ? { kind: 'timer', delayMs: verdict.delayMs, input: { kind: 'backoffOver' } }
      : { kind: 'input', input: { kind: 'gaveUp' } };
  return to('BACKOFF', tries + 1, next);
}

function fatal({ tries }: Policy): Step {
  return to('FATAL', tries);
}

/** The end of a run that was not requested. */
function settle(_: Policy, { verdict }: { verdict: Verdict }): Step {
  if (verdict.kind === 'leave') return to('EXITED', 0);
  const again: TimedInput = { kind: 'restartDue' };
  return to(
    'EXITED',
    0,
    verdict.delayMs > 0 ? { kind: 'timer', delayMs: verdict.delayMs, input: again } : { kind: 'input', input: again },
  );
}

/** Sends the stop signal. A stop enters STOPPING; a failed run keeps its state until its exit is judged. */
function askIn(state: State) {
  return ({ tries }: Policy, { how }: { how: StopPlan }): Step =>
    to(state, tries, { kind: 'signal', signal: how.signal, asGroup: how.asGroup }, overdue(how));
}

/** The time between two SIGKILLs, if `stopwaitsecs` is shorter. */
const KILLED_AGAIN_MS = 1_000;

/**
 * SIGKILL cannot be ignored, but a process in uninterruptible sleep takes it late. So it is sent again after each wait.
 */
function killIn(state: State) {
  return ({ tries, killasgroup }: Policy, { how }: { how: StopPlan }): Step => {
    const again = { ...how, waitMs: Math.max(how.waitMs, KILLED_AGAIN_MS) };
    return to(state, tries, { kind: 'signal', signal: 'SIGKILL', asGroup: killasgroup }, overdue(again));
  };
}

function down(): Step {
  return to('STOPPED', 0);
}

function lost({ tries }: Policy): Step {
  return to('UNKNOWN', tries);
}

function overdue(how: StopPlan): Effect {
  return { kind: 'timer', delayMs: how.waitMs, input: { kind: 'stopTimedOut', how } };
}

function to(state: State, tries: number, ...effects: Effect[]): Step {
  return { state, tries, effects };
}
