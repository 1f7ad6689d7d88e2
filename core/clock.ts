/**
 * The only source of time in the core. Durations are monotonic, so setting the wall clock forwards or back moves no
 * timer (Supervisor hangs then). Wall time is only shown to people. Tests pass their own clock.
 */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  now(): number;
  /** Milliseconds since the epoch, as the wall clock says. */
  wall(): number;
  /**
   * Calls `callback` once after `delayMs`. Disposing it before then cancels the call; disposing it later does nothing.
   */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** setTimeout holds its delay in a signed 32-bit integer and fires at once beyond it. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

// process.hrtime and not performance.now: node:perf_hooks alone costs an embedder 0.4 MB.
const monotonic = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
};

export const systemClock: Clock = {
  now: monotonic,
  wall: () => Date.now(),
  setTimer(delayMs, callback) {
    const due = monotonic() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - monotonic();
      handle = left > LONGEST_DELAY_MS ? setTimeout(arm, LONGEST_DELAY_MS) : setTimeout(callback, Math.max(0, left));
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Settles after a time, or as soon as `signal` is aborted. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimer(delayMs, wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
