/**
 * The number of events that are kept for clients that reconnect. Beyond it the oldest is dropped; clients that miss
 * events are notified.
 */
export const KEPT_EVENTS = 1_000;

/** One event, numbered from 0 on without gaps. */
export interface FeedEntry {
  readonly number: number;
  readonly name: string;
  /** The data as JSON; made when the first reader asks for it. */
  readonly data: () => string;
}

/** The last events, in order. A reader stores the number of the next event; the feed keeps nothing per reader. */
export class Feed {
  /** Distinguishes the numbers of this feed from those of an earlier daemon. */
  readonly epoch: string;
  readonly #entries: FeedEntry[] = [];
  readonly #kept: number;
  readonly #watchers = new Set<() => void>();
  #next = 0;

  constructor(epoch: string, kept = KEPT_EVENTS) {
    this.epoch = epoch;
    this.#kept = kept;
  }

  /** The number that the next event gets. */
  get end(): number {
    return this.#next;
  }

  /** The number of the oldest event that is kept; `end` if there is none. */
  get start(): number {
    return Math.max(0, this.#next - this.#kept);
  }

  add(name: string, data: () => unknown): void {
    const number = this.#next;
    let text: string | undefined;
    this.#entries[number % this.#kept] = { number, name, data: () => (text ??= JSON.stringify(data())) };
    this.#next += 1;
    for (const notify of this.#watchers) notify();
  }

  /** The event of a number; `undefined` if it was dropped, or does not exist yet. */
  at(number: number): FeedEntry | undefined {
    const entry = this.#entries[number % this.#kept];
    return entry?.number === number ? entry : undefined;
  }

  /** Calls `notify` after every event. Returns a function that unsubscribes. */
  watch(notify: () => void): () => void {
    this.#watchers.add(notify);
    return () => this.#watchers.delete(notify);
  }
}
