import { namespec, type ProcessView, type Supervisor } from '../../core/index.ts';

/**
 * Counts how often each process was restarted automatically: after an unrequested exit, or a failed start. Counts from
 * the start of the supervisor; a removed process is forgotten.
 */
export function countRestarts({ events }: Pick<Supervisor, 'events'>, plugin: string): (view: ProcessView) => number {
  const counts = new Map<string, number>();
  // The cause of STARTING is still the cause when the child exists: for a restart, the exit of the previous child.
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
