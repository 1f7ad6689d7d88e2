import type { Process } from './model.ts';

/** The counters at the top, which are filters, too. Each process is counted once. */
export const BUCKETS = ['trouble', 'running', 'changing', 'down'] as const;

export type Bucket = (typeof BUCKETS)[number];

/** Trouble comes before the state: a program that flaps is not counted among those that run. */
export function bucketOf({ health, state }: Pick<Process, 'health' | 'state'>): Bucket {
  if (health !== 'sound') return 'trouble';
  if (state === 'RUNNING') return 'running';
  return state === 'STARTING' || state === 'STOPPING' ? 'changing' : 'down';
}

/** All counters, including zeros: a counter that appears and disappears would move its neighbours. */
export function countBuckets(processes: Iterable<Process>): Readonly<Record<Bucket, number>> {
  const counts = { trouble: 0, running: 0, changing: 0, down: 0 };
  for (const process of processes) counts[bucketOf(process)] += 1;
  return counts;
}
