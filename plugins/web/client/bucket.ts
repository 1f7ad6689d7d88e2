import type { Process } from './model.ts';

/** How the processes are counted, each once: the counters at the top, which are filters, too. */
export const BUCKETS = ['trouble', 'running', 'changing', 'down'] as const;

export type Bucket = (typeof BUCKETS)[number];

/** Trouble comes before the state: a program that flaps is not counted among those that run. */
export function bucketOf({ health, state }: Pick<Process, 'health' | 'state'>): Bucket {
  if (health !== 'sound') return 'trouble';
  if (state === 'RUNNING') return 'running';
  return state === 'STARTING' || state === 'STOPPING' ? 'changing' : 'down';
}

/** All of them, also those without a process: a counter that comes and goes would move its neighbours. */
export function countBuckets(processes: Iterable<Process>): Readonly<Record<Bucket, number>> {
  const counts = { trouble: 0, running: 0, changing: 0, down: 0 };
  for (const process of processes) counts[bucketOf(process)] += 1;
  return counts;
}
