import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';
import type { Hooks } from './hooks.ts';
import type { Spawner } from './spawn/spawner.ts';

/** What a process needs from the supervisor it belongs to. */
export interface ProcessContext {
  readonly clock: Clock;
  readonly hooks: Hooks;
  readonly events: EventBus;
  readonly spawner: Spawner;
  /** The daemon's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly serverurl: () => string | undefined;
  /** False while the supervisor shuts down and after: nothing is started then. */
  readonly mayStart: () => boolean;
}
