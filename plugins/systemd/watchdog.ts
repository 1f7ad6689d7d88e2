import type { Clock } from '../../core/index.ts';

/** Whatever the period says, beats are no closer than this: nobody is served by a daemon that does nothing else. */
const SHORTEST_MS = 100;

/**
 * Calls `beat` now and twice within every period, as sd_watchdog_enabled(3) advises, until it is undone: this is the one
 * timer that wakes an idle daemon, and only where the unit has WatchdogSec. A daemon whose event loop stands still misses
 * it; then systemd ends and starts the service.
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
