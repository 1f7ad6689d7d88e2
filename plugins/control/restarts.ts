import { namespec, type ProcessView, type Supervisor } from '../../core/index.ts';

/**
 * Counts how often each process was started again without anybody asking: after an end of its own, or a start that
 * failed. From the start of the supervisor on; a process that is removed is forgotten.
 */
export function countRestarts({ events }: Pick<Supervisor, 'events'>, plugin: string): (view: ProcessView) => number {
  const counts = new Map<string, number>();
  // Whoever brought it to STARTING is still the cause when its child is there: the end of the last one, for a restart.
  events.on(
    'process:spawned',
    ({ process }) => {
      if (process.cause.by !== 'child' && process.cause.by !== 'policy') return;
      counts.set(namespec(process), (counts.get(namespec(process)) ?? 0) + 1);
    },
    plugin,
  );
  events.on('process:removed', ({ process }) => void counts.delete(namespec(process)), plugin);
  return (view) => counts.get(namespec(view)) ?? 0;
}
