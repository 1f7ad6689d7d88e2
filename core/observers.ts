import type { EventBus } from './events.ts';

/**
 * Listeners for something too frequent for events, such as every read of a program's output. They are isolated like
 * event listeners. The arguments are not copied and not frozen; without listeners nothing is created.
 */
export class Observers<Args extends readonly unknown[]> {
  readonly #events: EventBus;
  readonly #what: string;
  #listeners: readonly ((...args: Args) => void)[] = [];

  /** `what` is observed, for reports of faults: `output`. */
  constructor(events: EventBus, what: string) {
    this.#events = events;
    this.#what = what;
  }

  get isEmpty(): boolean {
    return this.#listeners.length === 0;
  }

  /** Returns a function that unsubscribes. `plugin` names the listener in reports. */
  add(listener: (...args: Args) => void, plugin: string): () => void {
    const remove = (): void => void (this.#listeners = this.#listeners.filter((other) => other !== isolated));
    const isolated = this.#events.isolate(listener, { plugin, where: `observer of ${this.#what}` }, remove);
    this.#listeners = [...this.#listeners, isolated];
    return remove;
  }

  call(...args: Args): void {
    for (const listener of this.#listeners) listener(...args);
  }
}
