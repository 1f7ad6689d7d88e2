import type { Declaration } from './declaration.ts';
import type { Supervisor } from './supervisor.ts';

/**
 * Adds behaviour to a supervisor. A plugin taps hooks, which decide, rewrite or do work in order; listens to events,
 * which inform; and provides or uses services. The constructor checks and stores its options and opens nothing. `apply`
 * taps, listens and provides, and returns at once. Listening on sockets, opening files and spawning happen in the
 * `start` hook and end in `shutdown`. The same plugin object may be applied to several supervisors.
 */
export interface Plugin extends Declaration {
  apply(supervisor: Supervisor): void;
}
