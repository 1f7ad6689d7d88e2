import type { Cause } from './cause.ts';
import type { ProcessConfig } from './config.ts';
import type { Exit } from './exit.ts';
import type { State } from './machine/state.ts';

/** A process as it is at one moment: what hooks and events are given. Never changes. */
export interface ProcessView {
  readonly name: string;
  readonly group: string;
  readonly config: ProcessConfig;
  readonly state: State;
  /** What it is supposed to be. */
  readonly want: 'up' | 'down';
  /** Of the child that is, or of the one this event is about; 0 when there is none. */
  readonly pid: number;
  /** Failed starts in a row. */
  readonly tries: number;
  /** Wall time in milliseconds; 0 when never. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** The monotonic clock at the last start, for durations. */
  readonly startedTick: number;
  /** How the last run ended; kept until the next start. A failed start leaves none. Supervisor: `exitstatus`. */
  readonly exit: Exit | undefined;
  /** Why the last start or run failed, in words; '' when it did not. */
  readonly spawnerr: string;
  /** Who brought it to this state. */
  readonly cause: Cause;
}

/** `group:name`, or the name alone where both are the same. Supervisor: make_namespec. */
export function namespec({ group, name }: { readonly group: string; readonly name: string }): string {
  return group === name ? name : `${group}:${name}`;
}
