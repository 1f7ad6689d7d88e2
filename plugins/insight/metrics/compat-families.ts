import { canSignal, STATE_CODES, type ProcessView } from '../../../core/index.ts';
import type { Family } from './family.ts';

/**
 * The metric names of node_exporter's supervisord collector, which it makes from `getAllProcessInfo`, for existing
 * dashboards.
 */
export const COMPAT_FAMILIES: readonly Family[] = [
  family('node_supervisord_up', 'Process Up', ({ state }) => (canSignal(state) ? 1 : 0)),
  family('node_supervisord_state', 'Process State', ({ state }) => STATE_CODES[state]),
  family('node_supervisord_exit_status', 'Process Exit Status', exitStatus),
  family('node_supervisord_start_time_seconds', 'Process start time', ({ state, startedAt }) =>
    canSignal(state) ? Math.trunc(startedAt / 1000) : undefined,
  ),
];

function family(name: string, help: string, valueOf: (view: ProcessView) => number | undefined): Family {
  return {
    name,
    help,
    type: 'gauge',
    samples: ({ processes }) =>
      processes.flatMap((view) => {
        const value = valueOf(view);
        return value === undefined ? [] : [{ labels: { group: view.group, name: view.name }, value }];
      }),
  };
}

/** Supervisor: `exitstatus`, which is -1 after a signal and 0 before the first end. */
function exitStatus({ exit }: ProcessView): number {
  if (exit === undefined) return 0;
  return exit.kind === 'code' ? exit.code : -1;
}
