/** Time, as core/clock.ts has it in the daemon: the one place of the page that asks the browser for it. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  now(): number;
  /** Milliseconds since the epoch, as the wall clock says. */
  wall(): number;
  /** Calls `callback` once after `delayMs`, unless it is cancelled before. */
  setTimer(delayMs: number, callback: () => void): { cancel(): void };
}

export const browserClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};
