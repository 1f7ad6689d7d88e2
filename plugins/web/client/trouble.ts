import type { ProcessStatus } from './wire.ts';

/** How much a process needs somebody's eyes; the worst first. */
export const HEALTH = ['failed', 'unsteady', 'sound'] as const;

export type Health = (typeof HEALTH)[number];

/** As the daemon says; where it does not, what the state alone tells. */
export function healthOf({ health, state, exit }: Pick<ProcessStatus, 'health' | 'state' | 'exit'>): Health {
  if (health !== undefined) return health;
  if (state === 'FATAL' || state === 'UNKNOWN') return 'failed';
  if (state === 'BACKOFF') return 'unsteady';
  return state === 'EXITED' && !(exit?.kind === 'code' && exit.code === 0) ? 'unsteady' : 'sound';
}

/** Whether a stop has something to do. */
export function canStop({ state }: Pick<ProcessStatus, 'state'>): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF';
}

export function canStart({ state }: Pick<ProcessStatus, 'state'>): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
}
