import type { Change, Model } from './model.ts';
import { reduce } from './reduce.ts';

/** The model, and the listeners for its changes. */
export class Store {
  #model: Model;
  readonly #changed: () => void;

  constructor(model: Model, changed: () => void) {
    this.#model = model;
    this.#changed = changed;
  }

  get model(): Model {
    return this.#model;
  }

  readonly dispatch = (change: Change): void => {
    const next = reduce(this.#model, change);
    if (next === this.#model) return;
    this.#model = next;
    this.#changed();
  };
}
