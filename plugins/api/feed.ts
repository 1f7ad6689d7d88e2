/** How many events are kept for clients that come back. Beyond it the oldest is forgotten; whoever misses it is told. */
export const KEPT_EVENTS = 1_000;

/** One event, numbered from 0 on without gaps. */
export interface FeedEntry {
  readonly number: number;
  readonly name: string;
  /** The data as JSON; made when the first reader asks for it. */
  readonly data: () => string;
}

/** The last events, in order. Whoever reads them keeps the number of the next one, and nothing else is kept for him. */
export class Feed {
  /** Tells the numbers of this feed from those of an earlier daemon's. */
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

  /** The number of the oldest one that is kept; `end` where there is none. */
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

  /** The event of a number; `undefined` where it is forgotten, or not there yet. */
  at(number: number): FeedEntry | undefined {
    const entry = this.#entries[number % this.#kept];
    return entry?.number === number ? entry : undefined;
  }

  /** Calls `told` after every event. Returns its undo. */
  watch(notify: () => void): () => void {
    this.#watchers.add(notify);
    return () => this.#watchers.delete(notify);
  }
}
