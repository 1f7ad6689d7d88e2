import { service, splitSpec, type Supervisor } from '../../../core/index.ts';
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

/** What the journal has of a process. */
export type JournalAnswer =
  | { readonly kind: 'records'; readonly records: readonly JournalRecord[] }
  | { readonly kind: 'noSuchName' }
  | { readonly kind: 'notKept'; readonly reason: string };

export const MAX_RECORDS = 1_000;

/** Reads the journal of a process by its name, for clients. One that is in use no more is known by its records. */
export async function readJournal(supervisor: Supervisor, spec: string, limit: number): Promise<JournalAnswer> {
  const [group, name] = splitSpec(spec);
  const query = { group, name, limit: Math.min(limit, MAX_RECORDS) };
  const records = await supervisor.use(journalService)?.read(query);
  if (records === undefined) return { kind: 'notKept', reason: 'no journal is kept (journal_file=NONE)' };
  const isKnown = records.some(({ kind }) => kind !== 'searchLimit') || supervisor.find(spec) !== undefined;
  return isKnown ? { kind: 'records', records } : { kind: 'noSuchName' };
}

declare module '../../../core/index.ts' {
  interface EventMap {
    /** A record was made. It is in the journal by now, unless writing failed. */
    'journal:recorded': { readonly record: JournalRecord };
  }
}
