import type { Ended, JournalRecord, Lost, NotStarted, Started } from './record.ts';

/** How one run ended, or failed to start. */
export type Ending = Ended | NotStarted | Lost | Vanished;

/** The daemon disappeared while the process ran, so its exit was not seen. `at`: when the next daemon started. */
interface Vanished {
  readonly kind: 'vanished';
  readonly at: string;
}

/** One run of a process. */
export interface Run {
  /** Absent if the start failed, or is no longer in the journal. */
  readonly start: Started | undefined;
  /** Absent while it runs. */
  readonly ending: Ending | undefined;
}

/** Groups the records of a process into runs. Both are newest first. */
export function runsOf(records: readonly JournalRecord[]): Run[] {
  const runs: Run[] = [];
  let start: Started | undefined;
  const close = (ending: Ending): void => {
    runs.unshift({ start, ending });
    start = undefined;
  };
  // Only the next record of the process shows whether the next daemon took over its child.
  let leftAt: string | undefined;
  const closeVanished = (at: string): void => {
    if (start !== undefined) close({ kind: 'vanished', at: leftAt ?? at });
    leftAt = undefined;
  };
  for (const record of records.toReversed()) {
    switch (record.kind) {
      case 'started':
        closeVanished(record.at);
        start = record;
        break;
      case 'daemonStarted':
        if (start !== undefined) leftAt ??= record.at;
        break;
      case 'resumed':
        leftAt = undefined;
        break;
      case 'ended':
      case 'notStarted':
        if (leftAt !== undefined) closeVanished(record.at);
        close(record);
        break;
      case 'lost':
        runs.unshift({ start, ending: record }); // it may still exit
        break;
      default: // other records of the daemon, or kinds that a newer daemon has written
    }
  }
  if (leftAt !== undefined) closeVanished(leftAt);
  if (start !== undefined) runs.unshift({ start, ending: undefined });
  return runs;
}
