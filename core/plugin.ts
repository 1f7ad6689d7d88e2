import type { Declaration } from './declaration.ts';
import type { Supervisor } from './supervisor.ts';

/**
 * Something that adds behaviour to a supervisor: it taps hooks, which decide, rewrite or do work in order; listens to events,
 * which inform; and provides or uses services. The constructor checks and remembers its own options and opens nothing; `apply`
 * taps, listens, provides and returns at once; listening, opening and spawning happen in the `start`
 * hook and end in `shutdown`. The same plugin object may be applied to several supervisors.
 */
export interface Plugin extends Declaration {
  apply(supervisor: Supervisor): void;
}
