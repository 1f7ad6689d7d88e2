import type { Clock, Timer } from '../../../core/index.ts';
import type { EventStream } from './event-stream.ts';

/** Below the timeouts of common proxies: nginx closes a silent connection after 60 s. */
const KEEP_ALIVE_MS = 25_000;

/** The open event streams, and their keep-alive messages. Without clients there is no timer. */
export class Streams {
  readonly #clock: Clock;
  readonly #events = new Set<EventStream>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
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
