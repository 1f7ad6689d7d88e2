import type { Clock, Timer } from '../../core/index.ts';
import { programSubject, subjectOf, type Notification } from './notification.ts';

export interface GroupingOptions {
  /** Between two messages, and before the first. */
  readonly gatherMs: number;
  /** After this long a subject that was told is told again, if there is more of it. */
  readonly remindMs: number;
  readonly clock: Clock;
  /** `left`: news that had no room. */
  readonly send: (notifications: readonly Notification[], left: number) => void;
}

/** Subjects that wait at once; more are only counted. */
const MOST_WAITING = 1_000;
/** Subjects that are remembered as told; the oldest is forgotten, and may then be told again. */
const MOST_REMEMBERED = 10_000;

/**
 * Makes few messages of much news. What comes within `gatherMs` goes out together, and of one subject only the latest, which
 * knows the count. A subject that was told rests until `remindMs` have passed or its program is out of trouble: a crash
 * loop is one message, however fast it goes round, a reminder now and then, and in the end one that says how many times it was.
 */
export class Grouping {
  readonly #options: GroupingOptions;
  readonly #waiting = new Map<string, Notification>();
  /** When each subject was told, on the monotonic clock. */
  readonly #sentAt = new Map<string, number>();
  #left = 0;
  #timer: Timer | undefined;

  constructor(options: GroupingOptions) {
    this.#options = options;
  }

  take(notification: Notification): void {
    const subject = subjectOf(notification);
    if (notification.kind === 'recovered') this.settle(notification.program);
    else if (this.#isResting(subject)) return;
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(subject)) this.#left += 1;
    else this.#waiting.set(subject, notification);
    this.#timer ??= this.#options.clock.setTimer(this.#options.gatherMs, () => this.flush());
  }

  /** Sends what waits, now. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    const notifications = [...this.#waiting.values()];
    const left = this.#left;
    this.#waiting.clear();
    this.#left = 0;
    for (const one of notifications) this.#remember(subjectOf(one));
    this.#options.send(notifications, left);
  }

  /** The trouble of a program is over: whatever comes next is new. */
  settle(program: string): void {
    for (const kind of ['flapping', 'fatal'] as const) this.#sentAt.delete(programSubject(kind, program));
  }

  #isResting(subject: string): boolean {
    const sentAt = this.#sentAt.get(subject);
    const { clock, remindMs } = this.#options;
    return sentAt !== undefined && clock.now() - sentAt < remindMs;
  }

  #remember(subject: string): void {
    this.#sentAt.delete(subject); // to the end of the order
    this.#sentAt.set(subject, this.#options.clock.now());
    const [oldest] = this.#sentAt.keys();
    if (this.#sentAt.size > MOST_REMEMBERED && oldest !== undefined) this.#sentAt.delete(oldest);
  }
}
