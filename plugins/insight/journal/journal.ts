import { reasonOf } from '../../../core/index.ts';
import type { Log } from '../../output/logging/index.ts';
import type { JournalQuery } from './service.ts';
import type { JournalStore } from './journal-file.ts';
import { parseLine, printLine } from './line.ts';
import type { JournalRecord, SearchLimit } from './record.ts';

/**
 * The number of lines that a query reads at most: a query for an unknown process reads everything. A journal of the
 * default size has fewer.
 */
const MAX_LINES = 200_000;

/**
 * On a nearly full disk small records fit while large ones do not. Only this many successes in a row mean that the disk
 * is well again.
 */
const WELL_AGAIN = 20;

/**
 * Writes records and finds them again. If the journal cannot be written, this is reported once, and the daemon
 * continues.
 */
export class Journal {
  readonly #store: JournalStore;
  readonly #log: Log;
  /** Records that could not be written since the last success. */
  #missed = 0;
  /** Records written in a row since then. */
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

  /** Newest first; ends with a `searchLimit` if older records were not searched. */
  async read({ group, name, limit }: JournalQuery): Promise<JournalRecord[]> {
    // Most lines are about other processes, and are not even parsed.
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
    // Only those records of the daemon that lie between the process's own: a daemon may have been restarted very often.
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
