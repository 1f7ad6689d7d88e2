import type { Exit } from './exit.ts';
import type { TimedInput } from './machine/table.ts';
import type { ProcessView } from './process-view.ts';

/** What a record and a view of a process have alike. In a record a pid of 0 also stands for a child that is still to come. */
type Shown = Pick<
  ProcessView,
  'state' | 'want' | 'pid' | 'run' | 'tries' | 'startedAt' | 'stoppedAt' | 'startedTick' | 'spawnerr' | 'cause'
>;

/**
 * Everything that another daemon needs to resume a process: what its view shows, and what it waits for. Plain data.
 * Ticks are those of the clock, which is the machine's, and so mean the same to every daemon until the next boot.
 */
export interface ProcessRecord extends Shown {
  readonly exit?: Exit;
  /** Why the daemon signalled the child to end. The run lasts until the child has exited. */
  readonly failure?: string;
  /** A start, or the start of a restart, was accepted and waits for the end of the stop. */
  readonly isStartedNext?: true;
  /** What ends the wait, and when. */
  readonly pending?: { readonly input: TimedInput; readonly dueTick: number };
}
