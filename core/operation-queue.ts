/**
 * Runs the operations of one process one after the other. Each process has its own queue and there is no other lock, so
 * a slow operation delays no other process. An operation that finds the queue empty begins at once, before `run`
 * returns.
 */
export class OperationQueue {
  #last: Promise<unknown> | undefined;

  run<Result>(operation: () => Promise<Result>): Promise<Result> {
    const mine = this.#last === undefined ? operation() : this.#last.then(operation);
    // The next operation waits for this one, whether it resolves or rejects.
    const settled = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#last === settled) this.#last = undefined;
      });
    this.#last = settled;
    return mine;
  }
}
