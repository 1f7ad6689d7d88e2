import type { Cause } from './cause.ts';
import type { ProcessConfig } from './config.ts';
import type { Exit } from './exit.ts';
import type { State } from './machine/state.ts';

/** A snapshot of a process, as hooks and events get it. Never changes. */
export interface ProcessView {
  readonly name: string;
  readonly group: string;
  readonly config: ProcessConfig;
  readonly state: State;
  /** The desired state. */
  readonly want: 'up' | 'down';
  /** The pid of the child, or of the one that this event is about; 0 for none. */
  readonly pid: number;
  /** The number of its current run, or of the last one: 1 for the first start of this process, failed ones included. */
  readonly run: number;
  /** Failed starts in a row. */
  readonly tries: number;
  /** Wall time in milliseconds; 0 when never. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** The monotonic clock at the last start, for durations. */
  readonly startedTick: number;
  /** How the last run ended; kept until the next start. `undefined` after a failed start. Supervisor: `exitstatus`. */
  readonly exit: Exit | undefined;
  /** Why the last start or run failed; '' if it did not. */
  readonly spawnerr: string;
  /** What caused the current state. */
  readonly cause: Cause;
}

/** `group:name`, or the name alone where both are the same. Supervisor: make_namespec. */
export function namespec({ group, name }: { readonly group: string; readonly name: string }): string {
  return group === name ? name : `${group}:${name}`;
}
