import type { ProcessView } from '../../core/index.ts';
import type { FlapReport } from './flapping.ts';

/** How urgently a process needs attention; the worst first. The page sorts by it. */
export const HEALTH = ['failed', 'unsteady', 'sound'] as const;

export type HealthLevel = (typeof HEALTH)[number];

export interface Health {
  readonly level: HealthLevel;
  /** What is wrong besides the state and its reason: `flapping: …`. `undefined`: nothing. */
  readonly trouble: string | undefined;
}

/** What health depends on. */
export interface HealthFacts {
  /** `undefined`: the process does not flap. */
  readonly flapping: FlapReport | undefined;
  /** What a plugin reports: a listener that does not answer. */
  readonly reported: string | undefined;
}

/**
 * The one definition of health, for the API and the pages.
 * `failed`: the process is down and stays down. `unsteady`: it fails and is retried, it exited unexpectedly, it flaps,
 * or a plugin reports trouble. `sound`: all else. A process that was stopped by hand is sound.
 */
export function healthOf(view: Pick<ProcessView, 'state' | 'tries' | 'spawnerr'>, facts: HealthFacts): Health {
  const trouble = troubleOf(view, facts);
  const level = levelOf(view);
  return { level: level === 'sound' && trouble !== undefined ? 'unsteady' : level, trouble };
}

function levelOf({ state, tries, spawnerr }: Pick<ProcessView, 'state' | 'tries' | 'spawnerr'>): HealthLevel {
  switch (state) {
    case 'FATAL':
    case 'UNKNOWN':
      return 'failed';
    case 'BACKOFF':
      return 'unsteady';
    case 'STARTING':
      return tries > 0 ? 'unsteady' : 'sound';
    case 'EXITED':
      return spawnerr === '' ? 'sound' : 'unsteady'; // spawnerr is kept after an unexpected exit
    case 'STOPPED':
    case 'RUNNING':
    case 'STOPPING':
      return 'sound';
  }
}

function troubleOf({ state }: Pick<ProcessView, 'state'>, { flapping, reported }: HealthFacts): string | undefined {
  // A process that stays down has a reason that says more.
  if (state === 'FATAL' || state === 'UNKNOWN' || state === 'STOPPED' || state === 'STOPPING') return undefined;
  if (flapping !== undefined) return flapText(flapping);
  return state === 'RUNNING' ? reported : undefined;
}

/** `flapping: 113 ends in 7 min, the last with exit status 1`. */
function flapText({ ends, seconds, reason }: FlapReport): string {
  const time =
    seconds < 120
      ? `${seconds} s`
      : seconds < 7200
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`;
  return `flapping: ended ${ends} times in ${time}, the last time with ${reason}`;
}
