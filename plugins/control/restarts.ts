import { namespec, perSupervisor, type ProcessView } from '../../core/index.ts';
import { stateService, type StateSlice } from '../host/persist/index.ts';

/**
 * Counts how often each process was restarted automatically: after an unrequested exit, or a failed start. Counts from
 * the first call, so call it in `apply`, and continues the counts of a daemon that was killed; a removed process is forgotten.
 */
export const countRestarts = perSupervisor((supervisor): ((view: ProcessView) => number) => {
  const { events } = supervisor;
  const plugin = 'restarts';
  const counts = new Map<string, number>();
  const kept = (): StateSlice | undefined => supervisor.use(stateService)?.slice('restarts', 1);
  // The cause of STARTING is still the cause when the child exists: for a restart, the exit of the previous child.
  events.on(
    'process:spawned',
    ({ process }) => {
      if (process.cause.by !== 'child' && process.cause.by !== 'policy') return;
      const count = (counts.get(namespec(process)) ?? 0) + 1;
      counts.set(namespec(process), count);
      kept()?.set(namespec(process), count);
    },
    plugin,
  );
  events.on(
    'process:resumed',
    ({ process }) => {
      const count = kept()?.previous.get(namespec(process));
      if (typeof count === 'number') counts.set(namespec(process), count);
    },
    plugin,
  );
  events.on(
    'process:removed',
    ({ process }) => {
      counts.delete(namespec(process));
      kept()?.delete(namespec(process));
    },
    plugin,
  );
  return (view) => counts.get(namespec(view)) ?? 0;
});
