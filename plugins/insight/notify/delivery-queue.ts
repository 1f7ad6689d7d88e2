import { unreachable, type Clock, type Timer } from '../../../core/index.ts';
import type { Message } from './message.ts';

/** A way to deliver messages. */
export interface Delivery {
  /** For the log; without secrets: `webhook https://hooks.example.org/…`. */
  readonly target: string;
  /** Settles when the signal aborts. A rejection counts as `failed`. */
  deliver(message: Message, signal: AbortSignal): Promise<Delivered>;
}

export type Delivered =
  | { readonly kind: 'delivered' }
  /** Trying again would not help. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** `retryAfterMs`: the wait that the receiver asked for. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number };

export interface DeliveryQueueOptions {
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly report: (text: string) => void;
}

/** The time limit of one attempt. */
const DEADLINE_MS = 15_000;
/** Waits between attempts; after the last one the message is dropped. In all about a quarter of an hour. */
const WAITS_MS = [1_000, 5_000, 15_000, 60_000, 120_000, 300_000, 300_000] as const;
/** The longest wait that a receiver may ask for. */
const LONGEST_WAIT_MS = 600_000;
/** The longest queue; beyond it the oldest message is dropped and counted. */
const MOST_WAITING = 20;

/**
 * Delivers messages in order, one at a time, and retries for a while. It never blocks the caller: the queue for a slow
 * or absent receiver is bounded, and the next message that arrives reports how many were lost.
 */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  readonly #queue: Message[] = [];
  #lost = 0;
  #tries = 0;
  #isAtWork = false;
  #isFailing = false;
  #isClosed = false;
  #timer: Timer | undefined;
  #abort: AbortController | undefined;
  #idle = (): void => undefined;

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
  }

  send(message: Message): void {
    if (this.#isClosed) return;
    this.#queue.push(message);
    if (this.#queue.length > MOST_WAITING) {
      // The first one may be in delivery.
      const [dropped] = this.#queue.splice(this.#isAtWork ? 1 : 0, 1);
      this.#lose(dropped);
    }
    if (!this.#isAtWork && this.#timer === undefined) void this.#work();
  }

  /** Tries to deliver the queue once more, within `limitMs` in all. */
  async close(limitMs: number): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#isAtWork && this.#queue.length > 0) void this.#work();
    this.#isClosed = true;
    if (!this.#isAtWork) return;
    await new Promise<void>((resolve) => {
      const limit = this.#options.clock.setTimer(limitMs, resolve);
      this.#idle = () => {
        limit.cancel();
        resolve();
      };
    });
    this.#abort?.abort();
  }

  /** Delivers until the queue is empty, or has to wait. */
  async #work(): Promise<void> {
    this.#isAtWork = true;
    this.#timer = undefined;
    for (let message = this.#queue[0]; message !== undefined; message = this.#queue[0]) {
      const waitMs = this.#settle(await this.#attempt({ ...message, left: message.left + this.#lost }));
      if (waitMs === undefined) continue;
      if (!this.#isClosed) this.#timer = this.#options.clock.setTimer(waitMs, () => void this.#work());
      break;
    }
    this.#isAtWork = false;
    this.#idle();
  }

  async #attempt(message: Message): Promise<Delivered> {
    const { clock, delivery } = this.#options;
    const abort = new AbortController();
    this.#abort = abort;
    let deadline: Timer | undefined;
    const tooLate = new Promise<Delivered>((resolve) => {
      deadline = clock.setTimer(DEADLINE_MS, () => {
        abort.abort();
        resolve({ kind: 'failed', reason: `no answer within ${DEADLINE_MS / 1000} s` });
      });
    });
    const delivered = delivery
      .deliver(message, abort.signal)
      .catch((error: unknown): Delivered => ({ kind: 'failed', reason: reasonWithCause(error) }));
    const result = await Promise.race([delivered, tooLate]);
    deadline?.cancel();
    return result;
  }

  /** Returns the wait before the same message is tried again; `undefined` if it is done. */
  #settle(result: Delivered): number | undefined {
    switch (result.kind) {
      case 'delivered':
        this.#lost = 0;
        this.#recovered();
        break;
      case 'refused':
        this.#failing(`refused a message: ${result.reason}`);
        this.#lose(this.#queue[0]);
        break;
      case 'failed': {
        this.#failing(`cannot be reached, trying again: ${result.reason}`);
        const waitMs = WAITS_MS[this.#tries];
        this.#tries += 1;
        if (waitMs !== undefined) return Math.min(Math.max(waitMs, result.retryAfterMs ?? 0), LONGEST_WAIT_MS);
        this.#lose(this.#queue[0]);
        break;
      }
      default:
        return unreachable(result);
    }
    this.#tries = 0;
    this.#queue.shift();
    return undefined;
  }

  #lose(message: Message | undefined): void {
    if (message !== undefined) this.#lost += message.notifications.length + message.left;
  }

  /** Reported once, however often it is retried. */
  #failing(what: string): void {
    if (!this.#isFailing) this.#options.report(`${this.#options.delivery.target} ${what}`);
    this.#isFailing = true;
  }

  #recovered(): void {
    if (this.#isFailing) this.#options.report(`${this.#options.delivery.target} takes messages again`);
    this.#isFailing = false;
  }
}

/** fetch only says "fetch failed"; the reason is in the cause. */
function reasonWithCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
