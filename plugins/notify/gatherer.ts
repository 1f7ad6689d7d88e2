import type { Clock, Timer } from '../../core/index.ts';
import { programSubject, subjectOf, type News } from './news.ts';

export interface GathererOptions {
  /** Between two messages, and before the first. */
  readonly gatherMs: number;
  /** After this long a subject that was told is told again, if there is more of it. */
  readonly remindMs: number;
  readonly clock: Clock;
  /** `left`: news that had no room. */
  readonly send: (news: readonly News[], left: number) => void;
}

/** Subjects that wait at once; more are only counted. */
const MOST_WAITING = 1_000;
/** Subjects that are remembered as told; the oldest is forgotten, and may then be told again. */
const MOST_TOLD = 10_000;

/**
 * Makes few messages of much news. What comes within `gatherMs` goes out together, and of one subject only the latest, which
 * knows the count. A subject that was told rests until `remindMs` have passed or its program is out of trouble: a crash
 * loop is one message, however fast it goes round, a reminder now and then, and in the end one that says how many times it was.
 */
export class Gatherer {
  readonly #options: GathererOptions;
  readonly #waiting = new Map<string, News>();
  /** When each subject was told, on the monotonic clock. */
  readonly #told = new Map<string, number>();
  #left = 0;
  #timer: Timer | undefined;

  constructor(options: GathererOptions) {
    this.#options = options;
  }

  take(news: News): void {
    const subject = subjectOf(news);
    if (news.kind === 'recovered') this.settle(news.program);
    else if (this.#isResting(subject)) return;
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(subject)) this.#left += 1;
    else this.#waiting.set(subject, news);
    this.#timer ??= this.#options.clock.setTimer(this.#options.gatherMs, () => this.flush());
  }

  /** Sends what waits, now. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    const news = [...this.#waiting.values()];
    const left = this.#left;
    this.#waiting.clear();
    this.#left = 0;
    for (const one of news) this.#remember(subjectOf(one));
    this.#options.send(news, left);
  }

  /** The trouble of a program is over: whatever comes next is new. */
  settle(program: string): void {
    for (const kind of ['flapping', 'fatal'] as const) this.#told.delete(programSubject(kind, program));
  }

  #isResting(subject: string): boolean {
    const told = this.#told.get(subject);
    const { clock, remindMs } = this.#options;
    return told !== undefined && clock.now() - told < remindMs;
  }

  #remember(subject: string): void {
    this.#told.delete(subject); // to the end of the order
    this.#told.set(subject, this.#options.clock.now());
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST_TOLD && oldest !== undefined) this.#told.delete(oldest);
  }
}
