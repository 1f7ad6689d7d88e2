import type { Operation } from '../../core/index.ts';

/** The outcome of an operation on one process. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'noSuchName' }
  | { readonly kind: 'noSuchSignal'; readonly signal: string }
  /** The command of the process does not exist or cannot be executed. Nothing was tried. */
  | { readonly kind: 'noSuchCommand'; readonly reason: string }
  | { readonly kind: 'notExecutable'; readonly reason: string }
  | { readonly kind: 'alreadyRunning' }
  | { readonly kind: 'notRunning' }
  /** The start failed; the policy may try again. */
  | { readonly kind: 'startFailed' }
  /** It was stopped before it was up. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly reason: string };

/** The outcome for one process. */
export interface Result {
  readonly group: string;
  readonly name: string;
  /** The name of the process in messages: as the caller gave it, or its shortest name if it was one of several. */
  readonly spec: string;
  readonly outcome: Outcome;
}

export const DONE: Outcome = { kind: 'done' };

/** An operation that is complete at once. */
export function settled(outcome: Outcome): Operation<Outcome> {
  return { issued: Promise.resolve(), done: Promise.resolve(outcome) };
}
