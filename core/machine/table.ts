import type { StopPlan, Verdict } from '../exit.ts';
import type { State } from './state.ts';

/**
 * The life of one process, whole. Decisions only: no clock, no child, no hook. A cell takes what happened to the state
 * it leads to and the effects that a driver performs, in order. An empty cell is a bug in the caller, and is reported.
 *
 *   STOPPED ─start→ STARTING ─stayedUp→ RUNNING ─exited→ EXITED
 *                     │  ↑                 │
 *       exited/failed ↓  │ backoffOver     │ stop
 *                   BACKOFF ─gaveUp→ FATAL ↓
 *                                       STOPPING ─exited→ STOPPED
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
  // Signalling failed for a reason we cannot explain: a stop tries again, and only the end of the child leads to rest.
  UNKNOWN: { exited: down, stop: askIn('STOPPING') },
};

/** Something that happened. */
export type Input =
  | { readonly kind: 'start' }
  | { readonly kind: 'spawned' }
  | { readonly kind: 'spawnFailed'; readonly verdict: Verdict }
  /** Up for `startsecs`, and whatever else had to hold does. */
  | { readonly kind: 'stayedUp' }
  /** What had to hold will not: the start counts as failed once the child is gone. */
  | { readonly kind: 'unready' }
  /** The child is of no use any more: it is ended as a stop ends it, and its exit is judged as one of its own. */
  | { readonly kind: 'fail'; readonly how: StopPlan }
  | { readonly kind: 'exited'; readonly verdict: Verdict }
  | { readonly kind: 'backoffOver' }
  | { readonly kind: 'gaveUp' }
  | { readonly kind: 'restartDue' }
  /** A stop before there is a child: the start is given up. */
  | { readonly kind: 'cancel' }
  | { readonly kind: 'stop'; readonly how: StopPlan }
  | { readonly kind: 'stopTimedOut'; readonly how: StopPlan }
  | { readonly kind: 'signalFailed' };

/** Something to do. */
export type Effect =
  | { readonly kind: 'spawn' }
  /** Wait for readiness, at least `startsecs`; then `stayedUp` or `unready`. */
  | { readonly kind: 'awaitReady'; readonly startsecs: number }
  /** After the delay, unless the state is left before, this input. Replaces an earlier timer. */
  | { readonly kind: 'timer'; readonly delayMs: number; readonly input: Input }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly asGroup: boolean }
  /** This input, at once. */
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

/** The step for an input, or `undefined` where the table has a hole. */
export function step(state: State, input: Input, policy: Policy): Step | undefined {
  // A cell takes exactly the inputs of the kind it is keyed by; the compiler cannot follow that through the lookup.
  const cell = TABLE[state][input.kind] as Cell<Input['kind']> | undefined;
  return cell?.(policy, input);
}

/** A start, from wherever a start is allowed. Failures count on only when it is a retry. */
function launch({ tries }: Policy, input: { kind: 'start' | 'backoffOver' | 'restartDue' }): Step {
  return to('STARTING', input.kind === 'backoffOver' ? tries : 0, { kind: 'spawn' });
}

function watch({ tries, startsecs }: Policy): Step {
  return to('STARTING', tries, { kind: 'awaitReady', startsecs });
}

function up(): Step {
  return to('RUNNING', 0);
}

/** It will never be ready. SIGKILL, because a start that failed has nothing to save; its exit makes the failure. */
function abandon({ tries, killasgroup }: Policy): Step {
  return to('STARTING', tries, { kind: 'signal', signal: 'SIGKILL', asGroup: killasgroup });
}

/**
 * A start that failed: always through BACKOFF, also on the way to FATAL, because listeners count the tries there.
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

/** The end of a run that nobody asked for. */
function settle(_: Policy, { verdict }: { verdict: Verdict }): Step {
  if (verdict.kind === 'leave') return to('EXITED', 0);
  const again: Input = { kind: 'restartDue' };
  return to(
    'EXITED',
    0,
    verdict.delayMs > 0 ? { kind: 'timer', delayMs: verdict.delayMs, input: again } : { kind: 'input', input: again },
  );
}

/** The stop signal. A stop shows as STOPPING; a run that has failed keeps its state until its exit is judged. */
function askIn(state: State) {
  return ({ tries }: Policy, { how }: { how: StopPlan }): Step =>
    to(state, tries, { kind: 'signal', signal: how.signal, asGroup: how.asGroup }, overdue(how));
}

/** Between two SIGKILLs, where `stopwaitsecs` is shorter. */
const KILLED_AGAIN_MS = 1_000;

/** SIGKILL cannot be ignored, but a process in an uninterruptible sleep takes it late: so again after each wait. */
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
