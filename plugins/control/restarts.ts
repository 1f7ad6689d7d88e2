import { namespec, perSupervisor, type ProcessView } from '../../core/index.ts';

/**
 * Counts how often each process was restarted automatically: after an unrequested exit, or a failed start. Counts from
 * the first call, so call it in `apply`; a removed process is forgotten.
 */
export const countRestarts = perSupervisor(({ events }): ((view: ProcessView) => number) => {
  const plugin = 'restarts';
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
});
