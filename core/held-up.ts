import type { Clock } from './clock.ts';

/** A call that blocks the daemon for this long is reported. */
const LONGEST_MS = 1_000;

/**
 * Wraps `run`. If a call blocks the event loop for too long, `report` is called after it returns. Awaited time does not
 * count.
 */
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
