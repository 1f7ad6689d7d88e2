import type { Clock } from './clock.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Makes the error for an answer that comes too late. */
  readonly late: () => Error;
}

/**
 * Resolves with the answer, or rejects after the deadline. The work itself is not cancelled; a late answer is dropped.
 */
export function withDeadline<Answer>(answer: Promise<Answer>, { clock, deadlineMs, late }: Deadline): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(deadlineMs, () => reject(late()));
    answer.then(resolve, reject).finally(() => timer.cancel());
  });
}
