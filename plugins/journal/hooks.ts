import { hooksOf } from '../../core/index.ts';
import type { JournalRecord } from './record.ts';

/** Whose records, and how many of them at most. */
export interface JournalQuery {
  readonly group: string;
  readonly name: string;
  readonly limit: number;
}

/** The hooks of the journal: how other plugins read it, and hear what is written. */
export const getJournalHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Call it for what happened to a process, the newest first: at most `limit` records of its own, and between them those of
     * the daemon that concern all. `undefined`: no journal is kept. Throws: the question fails, with the reason. Deadline: 10 s, then the same.
     */
    read: hook.asyncBail<[JournalQuery], readonly JournalRecord[]>('read', ['query'], {
      onFault: 'fail',
      deadlineMs: 10_000,
    }),

    /** A record was made; it is in the journal by now, unless the disk has refused it. Throws: reported. */
    recorded: hook.sync<[JournalRecord]>('recorded', ['record'], { onFault: 'pass' }),
  }),
);
