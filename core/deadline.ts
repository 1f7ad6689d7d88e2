import type { Clock } from './clock.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** The error of an answer that comes too late. */
  readonly late: () => Error;
}

/** The answer, or a rejection once the deadline has passed. The work itself is not ended; its answer is dropped then. */
export function withDeadline<Answer>(answer: Promise<Answer>, { clock, deadlineMs, late }: Deadline): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(deadlineMs, () => reject(late()));
    answer.then(resolve, reject).finally(() => timer.cancel());
  });
}
