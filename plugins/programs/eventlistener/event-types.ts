import type { EventName } from './options.ts';

/** Every event type with its supertype. A subscription to a type includes its subtypes. Supervisor: events.py. */
export const SUPERTYPES = {
  EVENT: undefined,
  PROCESS_STATE: 'EVENT',
  PROCESS_STATE_STOPPED: 'PROCESS_STATE',
  PROCESS_STATE_STARTING: 'PROCESS_STATE',
  PROCESS_STATE_RUNNING: 'PROCESS_STATE',
  PROCESS_STATE_BACKOFF: 'PROCESS_STATE',
  PROCESS_STATE_STOPPING: 'PROCESS_STATE',
  PROCESS_STATE_EXITED: 'PROCESS_STATE',
  PROCESS_STATE_FATAL: 'PROCESS_STATE',
  PROCESS_STATE_UNKNOWN: 'PROCESS_STATE',
  PROCESS_LOG: 'EVENT',
  PROCESS_LOG_STDOUT: 'PROCESS_LOG',
  PROCESS_LOG_STDERR: 'PROCESS_LOG',
  PROCESS_COMMUNICATION: 'EVENT',
  PROCESS_COMMUNICATION_STDOUT: 'PROCESS_COMMUNICATION',
  PROCESS_COMMUNICATION_STDERR: 'PROCESS_COMMUNICATION',
  PROCESS_GROUP: 'EVENT',
  PROCESS_GROUP_ADDED: 'PROCESS_GROUP',
  PROCESS_GROUP_REMOVED: 'PROCESS_GROUP',
  REMOTE_COMMUNICATION: 'EVENT',
  SUPERVISOR_STATE_CHANGE: 'EVENT',
  SUPERVISOR_STATE_CHANGE_RUNNING: 'SUPERVISOR_STATE_CHANGE',
  SUPERVISOR_STATE_CHANGE_STOPPING: 'SUPERVISOR_STATE_CHANGE',
  TICK: 'EVENT',
  TICK_5: 'TICK',
  TICK_60: 'TICK',
  TICK_3600: 'TICK',
} as const satisfies Record<EventName, EventName | undefined>;

/** Types that can be subscribed to but are never sent. */
type Abstract = Exclude<(typeof SUPERTYPES)[EventName], undefined>;

/** Types of events that are sent. */
export type EventType = Exclude<EventName, Abstract>;

/** The interval of each tick, in seconds. */
export const TICKS = { TICK_5: 5, TICK_60: 60, TICK_3600: 3600 } as const satisfies Partial<Record<EventType, number>>;
export type TickType = keyof typeof TICKS;

/** All event types that reach a subscriber. Overlapping subscriptions deliver each event once. */
export function reachedBy(subscriptions: readonly EventName[]): ReadonlySet<EventName> {
  const wanted = new Set<EventName>(subscriptions);
  // The keys of the table, which Object.keys types as strings.
  const names = Object.keys(SUPERTYPES) as EventName[];
  return new Set(names.filter((name) => lineOf(name).some((type) => wanted.has(type))));
}

/** A type and all of its supertypes. */
function lineOf(name: EventName): EventName[] {
  const supertype = SUPERTYPES[name];
  return supertype === undefined ? [name] : [name, ...lineOf(supertype)];
}
