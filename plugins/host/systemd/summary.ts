import type { ProcessView, State } from '../../../core/index.ts';

/** The part of a process that the summary needs. */
export type Summarized = Pick<ProcessView, 'state' | 'startedAt'> & {
  readonly config: Pick<ProcessView['config'], 'autostart' | 'startsecs'>;
};

/** States that are named, in this order. Stopped and exited programs are not. */
const WORTH_TELLING: readonly State[] = ['STARTING', 'BACKOFF', 'STOPPING', 'FATAL', 'UNKNOWN'];

/** One line for `systemctl status`: `12 of 14 programs run, 2 FATAL`. */
export function summarize(processes: readonly Pick<Summarized, 'state'>[]): string {
  const counts = new Map<State, number>();
  for (const { state } of processes) counts.set(state, (counts.get(state) ?? 0) + 1);
  const running = `${counts.get('RUNNING') ?? 0} of ${processes.length} programs run`;
  const others = WORTH_TELLING.filter((state) => counts.has(state)).map((state) => `${counts.get(state)} ${state}`);
  return [running, ...others].join(', ');
}

/**
 * Whether the start is complete: every program with `autostart` has come up or failed. A program that waits for a retry
 * has failed; it must not delay the services that wait for this one.
 */
export function isSettled(processes: readonly Summarized[]): boolean {
  return processes.every(
    ({ config, state, startedAt }) =>
      !config.autostart || (state !== 'STARTING' && (state !== 'STOPPED' || startedAt > 0)),
  );
}

/** The minimal time before the start is considered complete, whatever has not come up: below systemd's own 90 s. */
const SHORTEST_BOUND_MS = 60_000;
const SPARE_MS = 10_000;

/** After this time the start is considered complete. A program with a longer start gets its time and a little more. */
export function startBoundMs(processes: readonly Summarized[]): number {
  const longest = processes.reduce(
    (most, { config }) => (config.autostart ? Math.max(most, config.startsecs) : most),
    0,
  );
  return Math.max(SHORTEST_BOUND_MS, longest * 1000 + SPARE_MS);
}
