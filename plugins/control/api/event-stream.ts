import type { Feed } from './feed.ts';

export interface EventStreamOptions {
  /** The names of the events to send; `undefined` for all of the feed. */
  readonly names: ReadonlySet<string> | undefined;
  /** The value of `Last-Event-ID`, from an earlier connection. */
  readonly lastId: string | undefined;
  /** How many of the kept events to begin with, if there is no `lastId`. */
  readonly last: number;
}

/** The approximate size of a piece of several events. The next piece is made when the client has read the last. */
const PIECE_LENGTH = 65_536;

/** The reconnection time of browsers. */
const RETRY_MS = 2_000;

/**
 * One client's view of the feed, as server-sent events. It only stores the number of the next event, so a client that
 * does not read costs nothing. If the feed has dropped events that the client did not read, the client gets a `gap`
 * event. An event sent out of turn (`offer`) has one slot: if it is not read in time, the next one replaces it.
 */
export class EventStream implements AsyncIterableIterator<string> {
  readonly #feed: Feed;
  readonly #names: ReadonlySet<string> | undefined;
  readonly #signal: AbortSignal;
  readonly #unwatch: () => void;
  #number: number;
  #opening: string;
  #offered = '';
  #wake: (() => void) | undefined;

  constructor(feed: Feed, { names, lastId, last }: EventStreamOptions, signal: AbortSignal) {
    this.#feed = feed;
    this.#names = names;
    this.#signal = signal;
    const from = beginning(feed, lastId, last);
    this.#number = from.number;
    this.#opening = `retry: ${RETRY_MS}\n${this.#mark()}${from.isLost ? gap(null) : ''}`;
    this.#unwatch = feed.watch(() => this.#wake?.());
    signal.addEventListener('abort', () => this.#end(), { once: true });
  }

  /** Sends a piece as soon as the client reads; replaces one that was not read yet. */
  offer(piece: string): void {
    this.#offered = piece;
    this.#wake?.();
  }

  /** Sends something, so that no proxy considers the connection dead. */
  keepAlive(): void {
    if (this.#offered === '') this.offer(this.#mark());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    while (!this.#signal.aborted) {
      const value = this.#take();
      if (value !== '') return { done: false, value };
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  #take(): string {
    let text = this.#opening;
    this.#opening = '';
    const { start } = this.#feed;
    if (this.#number < start) {
      text += gap(start - this.#number);
      this.#number = start;
    }
    while (text.length < PIECE_LENGTH && this.#number < this.#feed.end) text += this.#printNext();
    text += this.#offered;
    this.#offered = '';
    return text;
  }

  #printNext(): string {
    const entry = this.#feed.at(this.#number);
    this.#number += 1;
    if (entry === undefined || this.#names?.has(entry.name) === false) return '';
    return `id: ${this.#feed.epoch}-${entry.number}\n${printEvent(entry.name, entry.data())}`;
  }

  /** The position of the client, sent without an event: the client repeats it at the next connection. */
  #mark(): string {
    return `id: ${this.#feed.epoch}-${this.#number - 1}\n\n`;
  }

  #end(): void {
    this.#unwatch();
    this.#wake?.();
  }
}

/** One event. The data is JSON, and so on one line. */
export function printEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/** `null`: unknown, because the events were from an earlier daemon. */
function gap(missed: number | null): string {
  return printEvent('gap', JSON.stringify({ missed }));
}

function beginning(feed: Feed, lastId: string | undefined, last: number): { number: number; isLost: boolean } {
  if (lastId === undefined) return { number: Math.max(feed.start, feed.end - last), isLost: false };
  const [, epoch, digits] = /^([^-]*)-(-1|\d{1,15})$/.exec(lastId) ?? [];
  const number = Number(digits) + 1;
  const isOurs = epoch === feed.epoch && number <= feed.end;
  return isOurs ? { number, isLost: false } : { number: feed.end, isLost: true };
}
