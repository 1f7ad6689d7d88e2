import type { Clock } from './clock.ts';

/** How long a single call may keep the daemon from everything else before that is reported. */
const LONGEST_MS = 1_000;

/** Calls `run`; reports it, after its end, where nothing else was done for long. What it awaits does not count. */
export function reportIfSlow<Args extends readonly unknown[], Result>(
  run: (...args: Args) => Result,
  clock: Pick<Clock, 'now'>,
  report: (tookMs: number) => void,
): (...args: Args) => Result {
  return (...args) => {
    const begun = clock.now();
    try {
      return run(...args);
    } finally {
      const tookMs = clock.now() - begun;
      if (tookMs >= LONGEST_MS) report(tookMs);
    }
  };
}
