import type { Cause } from './cause.ts';
import type { Exit } from './exit.ts';
import type { State } from './machine/state.ts';
import type { TimedInput } from './machine/table.ts';

/**
 * Everything that another daemon needs to go on with a process: what its view shows, and what it waits for. Plain data.
 * Ticks are those of the clock, which is the machine's, and so mean the same to every daemon until the next boot.
 */
export interface ProcessRecord {
  readonly state: State;
  readonly want: 'up' | 'down';
  /** 0: there is no child, or not yet. */
  readonly pid: number;
  readonly run: number;
  readonly tries: number;
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly startedTick: number;
  readonly spawnerr: string;
  readonly cause: Cause;
  readonly exit?: Exit;
  /** Why the child was told to end although the run goes on until it has. */
  readonly failure?: string;
  /** A start, or the start of a restart, was accepted and waits for the end of the stop. */
  readonly isStartedNext?: true;
  /** What ends the wait, and when. */
  readonly pending?: { readonly input: TimedInput; readonly dueTick: number };
}
