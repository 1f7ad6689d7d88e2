import type { Clock } from '../../../core/index.ts';

/** The minimal time between two beats, whatever the period is: a daemon that does nothing else is useless. */
const SHORTEST_MS = 100;

/**
 * Calls `beat` now and twice per period, as sd_watchdog_enabled(3) advises, until the returned function is called. This
 * is the only timer that wakes an idle daemon, and only if the unit has WatchdogSec. A daemon with a blocked event loop
 * misses it; then systemd restarts the service.
 */
export function startWatchdog(periodMs: number, clock: Clock, beat: () => void): () => void {
  const next = (): (() => void) => {
    beat();
    const timer = clock.setTimer(Math.max(SHORTEST_MS, periodMs / 2), () => (stop = next()));
    return () => timer.cancel();
  };
  let stop = next();
  return () => stop();
}
