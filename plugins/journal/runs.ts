import type { Ended, JournalRecord, Lost, NotStarted, Started } from './record.ts';

/** How one run came to its end, or did not. */
export type Ending = Ended | NotStarted | Lost | Vanished;

/** The daemon was gone without a word while the process ran, so nobody saw its end. `at`: when the next daemon came up. */
interface Vanished {
  readonly kind: 'vanished';
  readonly at: string;
}

/** One run of a process. */
export interface Run {
  /** Absent where the start failed, or is no longer in the journal. */
  readonly start: Started | undefined;
  /** Absent while it lasts. */
  readonly ending: Ending | undefined;
}

/** The runs of a process, the newest first, from its records, the newest first. */
export function runsOf(records: readonly JournalRecord[]): Run[] {
  const runs: Run[] = [];
  let start: Started | undefined;
  const close = (ending: Ending): void => {
    runs.unshift({ start, ending });
    start = undefined;
  };
  for (const record of records.toReversed()) {
    switch (record.kind) {
      case 'started':
        if (start !== undefined) close({ kind: 'vanished', at: record.at });
        start = record;
        break;
      case 'daemonStarted':
        if (start !== undefined) close({ kind: 'vanished', at: record.at });
        break;
      case 'ended':
      case 'notStarted':
        close(record);
        break;
      case 'lost':
        runs.unshift({ start, ending: record }); // it may still end
        break;
      default: // what happened to the daemon otherwise, or what a newer one has written
    }
  }
  if (start !== undefined) runs.unshift({ start, ending: undefined });
  return runs;
}
