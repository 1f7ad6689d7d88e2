import type { Timer } from '../clock.ts';
import { reasonOf } from '../errors.ts';
import type { ProcessContext } from '../process-context.ts';
import type { ProcessView } from '../process-view.ts';

/** The start to wait for, and the callbacks. One of the two is called once, unless the wait is cancelled before. */
export interface ReadinessOptions {
  readonly startsecs: number;
  readonly view: ProcessView;
  readonly ready: () => void;
  readonly unready: (reason: string) => void;
}

/** Waits until a started child counts as up: for `startsecs`, and for every tap of `ready`. */
export class Readiness implements Timer {
  readonly #options: ReadinessOptions;
  readonly #context: ProcessContext;
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  #isWaitingForTime = false;
  #isWaitingForTaps = false;

  constructor(options: ReadinessOptions, context: ProcessContext) {
    this.#options = options;
    this.#context = context;
  }

  /** If there is nothing to wait for, `ready` is called before this returns. */
  begin(): void {
    const { clock, hooks } = this.#context;
    const { startsecs, view } = this.#options;
    this.#isWaitingForTime = startsecs > 0;
    this.#isWaitingForTaps = hooks.ready.taps.length > 0;
    if (this.#isWaitingForTaps) this.#waitForTaps(view);
    if (this.#isWaitingForTime) {
      this.#timer = clock.setTimer(startsecs * 1000, () => {
        this.#isWaitingForTime = false;
        this.#look();
      });
    }
    this.#look();
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#abort.abort();
  }

  #waitForTaps(view: ProcessView): void {
    const { signal } = this.#abort;
    this.#context.hooks.ready.promise(view, signal).then(
      () => {
        this.#isWaitingForTaps = false;
        this.#look();
      },
      (error: unknown) => {
        if (!signal.aborted) this.#options.unready(reasonOf(error));
      },
    );
  }

  #look(): void {
    if (this.#isWaitingForTime || this.#isWaitingForTaps || this.#abort.signal.aborted) return;
    this.#options.ready();
  }
}
