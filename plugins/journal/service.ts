import { service } from '../../core/index.ts';
import type { JournalRecord } from './record.ts';

/** Whose records, and how many of them at most. */
export interface JournalQuery {
  readonly group: string;
  readonly name: string;
  readonly limit: number;
}

export interface JournalService {
  /**
   * What happened to a process, the newest first: at most `limit` records of its own, and between them those of the daemon
   * that concern all. `undefined`: no journal is kept. Rejects where it cannot be read, and after 10 s with TSV_SERVICE_DEADLINE.
   */
  read(query: JournalQuery): Promise<readonly JournalRecord[] | undefined>;
}

/** Reads the journal: `await supervisor.use(journalService)?.read({ group, name, limit })`. */
export const journalService = service<JournalService>('journal');

declare module '../../core/index.ts' {
  interface EventMap {
    /** A record was made; it is in the journal by now, unless the disk has refused it. */
    'journal:recorded': { readonly record: JournalRecord };
  }
}
