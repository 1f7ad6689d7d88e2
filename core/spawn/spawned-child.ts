import { codeOf } from '../errors.ts';
import type { Exit } from '../exit.ts';
import { numberOfSignal } from '../signals.ts';
import type { Child } from './child.ts';

/** A child, identified by its pid. Its spawner reports the exit, perhaps before `onExit` is called. */
export class SpawnedChild implements Child {
  readonly pid: number;
  #exit: Exit | undefined;
  readonly #callbacks: ((exit: Exit) => void)[] = [];

  constructor(pid: number) {
    this.pid = pid;
  }

  /** Called once, by the spawner. */
  ended(exit: Exit): void {
    this.#exit = exit;
    for (const callback of this.#callbacks.splice(0)) callback(exit);
  }

  onExit(callback: (exit: Exit) => void): void {
    if (this.#exit === undefined) this.#callbacks.push(callback);
    else callback(this.#exit);
  }

  signal(signal: NodeJS.Signals, asGroup: boolean): 'sent' | 'gone' {
    // Once reaped, the pid may already belong to another process.
    if (this.#exit !== undefined && !asGroup) return 'gone';
    try {
      // By number: Node has no names for the real-time signals.
      process.kill(asGroup ? -this.pid : this.pid, numberOfSignal(signal));
      return 'sent';
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return 'gone';
      throw error;
    }
  }
}
