import { reasonOf } from '../../core/index.ts';
import type { Log } from '../logging/index.ts';
import type { JournalQuery } from './service.ts';
import type { JournalStore } from './journal-file.ts';
import { parseLine, printLine } from './line.ts';
import type { JournalRecord, SearchLimit } from './record.ts';

/**
 * Lines that a question may look at before it gives up: one about a process that was never heard of reads everything. A journal
 * of the default size has fewer.
 */
const MAX_LINES = 200_000;

/** On a disk that is almost full small records fit where large ones do not; only so many in a row say that it is well. */
const WELL_AGAIN = 20;

/** Keeps records, and finds them again. A journal that cannot be written is said once and harms nobody. */
export class Journal {
  readonly #store: JournalStore;
  readonly #log: Log;
  /** Records that were not kept since it was last known to be well. */
  #missed = 0;
  /** Records in a row that were kept since then. */
  #kept = 0;

  constructor(store: JournalStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  get place(): string {
    return this.#store.place;
  }

  add(record: JournalRecord): void {
    try {
      this.#store.append(printLine(record));
    } catch (error) {
      this.#missed += 1;
      this.#kept = 0;
      if (this.#missed > 1) return;
      this.#log(
        'WARN',
        `cannot write the journal ${this.place}: ${reasonOf(error)}; records are lost until it can be written`,
      );
      return;
    }
    if (this.#missed === 0) return;
    this.#kept += 1;
    if (this.#kept < WELL_AGAIN) return;
    this.#log('WARN', `the journal ${this.place} is written again; ${this.#missed} records were lost`);
    this.#missed = 0;
  }

  /** The newest first; a `searchLimit` at the end where there may be more than was looked at. */
  async read({ group, name, limit }: JournalQuery): Promise<JournalRecord[]> {
    // Most lines are about others, and are not even parsed.
    const mine = `"group":${JSON.stringify(group)},"name":${JSON.stringify(name)}`;
    const found: JournalRecord[] = [];
    let own = 0;
    let looked = 0;
    let oldest = '';
    let limited: SearchLimit | undefined;
    for await (const line of this.#store.newestFirst()) {
      if (own >= limit) break;
      if (looked === MAX_LINES) {
        limited = { kind: 'searchLimit', at: parseLine(oldest)?.at ?? '' };
        break;
      }
      looked += 1;
      oldest = line;
      if (!line.includes(mine) && line.includes('"group":')) continue;
      const record = parseLine(line);
      if (record === undefined) continue;
      const isOwn = 'name' in record && record.group === group && record.name === name;
      if ('name' in record && !isOwn) continue;
      found.push(record);
      if (isOwn) own += 1;
    }
    // Of the daemon's records, only those between the process's own: a daemon may have been restarted very often.
    return [...(own === 0 ? [] : found), ...(limited === undefined ? [] : [limited])];
  }

  reopen(): void {
    try {
      this.#store.reopen();
    } catch (error) {
      this.#log('WARN', `cannot open the journal anew: ${reasonOf(error)}; the file that was open stays in use`);
    }
  }

  close(): void {
    this.#store.close();
  }
}
