import type { ProcessView } from '../../core/index.ts';

/** How much a process needs somebody's eyes; the worst first, as the page lists them. */
export const HEALTH = ['failed', 'unsteady', 'sound'] as const;

export type Health = (typeof HEALTH)[number];

/**
 * `failed`: it is down and stays down. `unsteady`: it fails, and something may still become of it; a process that is
 * tried again and again counts as unsteady during its tries, too, or it would jump up and down the page. What is on its
 * way because somebody asked is sound.
 */
export function healthOf({ state, tries, spawnerr }: Pick<ProcessView, 'state' | 'tries' | 'spawnerr'>): Health {
  switch (state) {
    case 'FATAL':
    case 'UNKNOWN':
      return 'failed';
    case 'BACKOFF':
      return 'unsteady';
    case 'STARTING':
      return tries > 0 ? 'unsteady' : 'sound';
    case 'EXITED':
      return spawnerr === '' ? 'sound' : 'unsteady'; // it is kept after an end that was not expected
    case 'STOPPED':
    case 'RUNNING':
    case 'STOPPING':
      return 'sound';
  }
}
