import type { GroupConfig } from '../../../core/index.ts';

/** Time for the signals themselves, and for exits after SIGKILL. */
const SPARE_MS = 30_000;

/**
 * How long a stop may take: groups stop one after the other, the programs of each together. After that, something hangs
 * in spite of all signals, and systemd is not asked for more time.
 */
export function stopBoundMs(groups: readonly GroupConfig[]): number {
  const longest = groups.map(({ processes }) =>
    processes.reduce((most, { stopwaitsecs }) => Math.max(most, stopwaitsecs), 0),
  );
  return longest.reduce((sum, seconds) => sum + seconds, 0) * 1000 + SPARE_MS;
}

/** At most as many names as fit into one line. */
const MOST_NAMES = 5;

/** `stopping, waits for web, worker:0 and 12 more`. */
export function describeWaiting(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return `stopping, waits for ${names.join(', ')}`;
  return `stopping, waits for ${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}
