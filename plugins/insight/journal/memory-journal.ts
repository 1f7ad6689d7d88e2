import type { JournalStore } from './journal-file.ts';

/** Used if no file can be written (a read-only container): keeps the newest lines while the daemon runs. */
export class MemoryJournal implements JournalStore {
  readonly place = 'memory';
  readonly #maxChars: number;
  /** Oldest first. At the bound the oldest are dropped. */
  readonly #lines: string[] = [];
  #chars = 0;

  constructor(maxChars = 256 * 1024) {
    this.#maxChars = maxChars;
  }

  append(line: string): void {
    this.#lines.push(line);
    this.#chars += line.length;
    while (this.#chars > this.#maxChars) this.#chars -= this.#lines.shift()?.length ?? this.#chars;
  }

  async *newestFirst(): AsyncGenerator<string> {
    // A copy: lines may be added or dropped during the iteration.
    for (const line of this.#lines.toReversed()) yield line.slice(0, -1);
  }

  reopen(): void {
    // Memory has no file to reopen.
  }

  close(): void {
    this.#lines.length = 0;
    this.#chars = 0;
  }
}
