import { service } from '../../../core/index.ts';
import type { JournalRecord } from './record.ts';

/** The process, and the maximal number of its records. */
export interface JournalQuery {
  readonly group: string;
  readonly name: string;
  readonly limit: number;
}

export interface JournalService {
  /**
   * The records of a process, newest first: at most `limit` of its own, and between them those of the daemon.
   * `undefined`: no journal is kept. Rejects if it cannot be read, and after 10 s with TSV_SERVICE_DEADLINE.
   */
  read(query: JournalQuery): Promise<readonly JournalRecord[] | undefined>;
}

/** Reads the journal: `await supervisor.use(journalService)?.read({ group, name, limit })`. */
export const journalService = service<JournalService>('journal');

declare module '../../../core/index.ts' {
  interface EventMap {
    /** A record was made. It is in the journal by now, unless writing failed. */
    'journal:recorded': { readonly record: JournalRecord };
  }
}
