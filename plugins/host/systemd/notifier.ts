import { codeOf, reasonOf, type Clock, type Timer } from '../../../core/index.ts';
import type { Send } from './transport.ts';

/**
 * systemd reads its socket many times a second. If it does not, it is stopped, and waiting messages soon become
 * obsolete.
 */
const MOST_WAITING = 16;
const RETRY_MS = 100;

/**
 * Sends messages in order. A message that finds the socket full waits, and so do those after it. Beyond {@link
 * MOST_WAITING} the oldest is dropped, because the newest gives the current status. Any other failure is reported once:
 * perhaps nobody listens at the socket.
 */
export class Notifier {
  readonly #clock: Clock;
  readonly #failed: (reason: string) => void;
  readonly #waiting: string[] = [];
  #send: Send | undefined;
  #retry: Timer | undefined;
  #hasFailed = false;

  constructor(clock: Clock, failed: (reason: string) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  /** Sets the transport; from now on messages are sent. */
  open(send: Send): void {
    this.#send = send;
    this.#flush();
  }

  /** `NAME=value` lines, one message. */
  notify(...assignments: readonly string[]): void {
    this.#waiting.push(assignments.join('\n'));
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    if (this.#retry === undefined) this.#flush();
  }

  /** Nothing is sent again after this. */
  close(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  #flush(): void {
    this.#retry = undefined;
    if (this.#send === undefined) return;
    for (let message = this.#waiting[0]; message !== undefined; message = this.#waiting[0]) {
      try {
        this.#send(message);
      } catch (error) {
        if (isFull(error)) {
          this.#retry = this.#clock.setTimer(RETRY_MS, () => this.#flush());
          return;
        }
        this.fail(reasonOf(error));
      }
      this.#waiting.shift();
    }
  }

  /** Reported once. */
  fail(reason: string): void {
    if (!this.#hasFailed) this.#failed(reason);
    this.#hasFailed = true;
  }
}

function isFull(error: unknown): boolean {
  return ['EAGAIN', 'ENOBUFS'].includes(codeOf(error) ?? '');
}
