/**
 * Operations on one process, one after the other. Each process has a queue of its own and there is no other lock: a slow
 * operation delays nobody else. An operation that meets an empty queue begins at once, before `run` returns.
 */
export class OperationQueue {
  #last: Promise<unknown> | undefined;

  run<Result>(operation: () => Promise<Result>): Promise<Result> {
    const mine = this.#last === undefined ? operation() : this.#last.then(operation);
    // The next in line waits for the end of this one, however it ends.
    const settled = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#last === settled) this.#last = undefined;
      });
    this.#last = settled;
    return mine;
  }
}
