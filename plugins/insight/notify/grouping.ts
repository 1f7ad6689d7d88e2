import type { Clock, Timer } from '../../../core/index.ts';
import { programSubject, subjectOf, type Notification } from './notification.ts';

export interface GroupingOptions {
  /** The wait before the first message, and between two. */
  readonly gatherMs: number;
  /** A subject is reported again after this time, if it continues. */
  readonly remindMs: number;
  readonly clock: Clock;
  /** `left`: the number of notifications that were dropped. */
  readonly send: (notifications: readonly Notification[], left: number) => void;
}

/** The most subjects that wait at once; further ones are only counted. */
const MOST_WAITING = 1_000;
/** The most subjects that are remembered as reported. The oldest is forgotten, and may be reported again. */
const MOST_REMEMBERED = 10_000;

/**
 * Combines many notifications into few messages. Notifications within `gatherMs` go into one message, and of each
 * subject only the latest, which has the count. A reported subject is silent until `remindMs` have passed or its
 * program has recovered. A crash loop is one message, an occasional reminder, and a final message with the total.
 */
export class Grouping {
  readonly #options: GroupingOptions;
  readonly #waiting = new Map<string, Notification>();
  /** When each subject was last reported, on the monotonic clock. */
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

  /** Sends the waiting notifications now. */
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

  /** The trouble of a program is over: the next notification counts as new. */
  settle(program: string): void {
    for (const kind of ['flapping', 'fatal'] as const) this.#sentAt.delete(programSubject(kind, program));
  }

  #isResting(subject: string): boolean {
    const sentAt = this.#sentAt.get(subject);
    const { clock, remindMs } = this.#options;
    return sentAt !== undefined && clock.now() - sentAt < remindMs;
  }

  #remember(subject: string): void {
    this.#sentAt.delete(subject); // move it to the end
    this.#sentAt.set(subject, this.#options.clock.now());
    const [oldest] = this.#sentAt.keys();
    if (this.#sentAt.size > MOST_REMEMBERED && oldest !== undefined) this.#sentAt.delete(oldest);
  }
}
