import type { GroupConfig } from '../../core/index.ts';

/** For the signals themselves, and for what ends after its SIGKILL. */
const SPARE_MS = 30_000;

/**
 * How long a stop may take: groups stop one after the other, the programs of each at once. After that something hangs that
 * no signal ends, and systemd is not asked for more time.
 */
export function stopBoundMs(groups: readonly GroupConfig[]): number {
  const longest = groups.map(({ processes }) =>
    processes.reduce((most, { stopwaitsecs }) => Math.max(most, stopwaitsecs), 0),
  );
  return longest.reduce((sum, seconds) => sum + seconds, 0) * 1000 + SPARE_MS;
}

/** Of many names, as many as fit into one line. */
const MOST_NAMES = 5;

/** `stopping, waits for web, worker:0 and 12 more`. */
export function describeWaiting(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return `stopping, waits for ${names.join(', ')}`;
  return `stopping, waits for ${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}
