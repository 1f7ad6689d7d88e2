import type { Clock, Timer } from '../../core/index.ts';
import { HttpRefusal } from '../http/index.ts';
import type { EventStream } from './event-stream.ts';

/** Streams that are open at the same time. Beyond it a client is refused with 503: each holds a connection and a file. */
const MOST_STREAMS = 128;

/** Below the patience of the proxies that people have: nginx closes a silent connection after 60 s. */
const KEEP_ALIVE_MS = 25_000;

/** The streams that are open: their number, and the sign of life that event streams send. No client, no timer. */
export class Streams {
  readonly #clock: Clock;
  readonly #events = new Set<EventStream>();
  #open = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a place until the returned function is called. @throws HttpRefusal 503 when there is none. */
  open(): () => void {
    if (this.#open >= MOST_STREAMS) {
      const text = `${MOST_STREAMS} streams are open already; close one, or try again later`;
      throw new HttpRefusal(503, text, { 'Retry-After': '10' }, { code: 'TOO_MANY_STREAMS' });
    }
    this.#open += 1;
    let isOpen = true;
    return () => {
      if (isOpen) this.#open -= 1;
      isOpen = false;
    };
  }

  /** Keeps an event stream alive until the returned function is called. */
  keepAlive(stream: EventStream): () => void {
    this.#events.add(stream);
    if (this.#timer === undefined) this.#arm();
    return () => {
      this.#events.delete(stream);
      if (this.#events.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(KEEP_ALIVE_MS, () => {
      for (const stream of this.#events) stream.keepAlive();
      this.#arm();
    });
  }
}
