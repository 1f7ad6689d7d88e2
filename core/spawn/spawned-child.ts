import { codeOf } from '../errors.ts';
import type { Exit, RunUsage } from '../exit.ts';
import { numberOfSignal } from '../signals.ts';
import type { Child, ExitCallback } from './child.ts';

/** A child, identified by its pid. Its spawner reports the exit, perhaps before `onExit` is called. */
export class SpawnedChild implements Child {
  readonly pid: number;
  #end: readonly [exit: Exit, usage?: RunUsage] | undefined;
  readonly #callbacks: ExitCallback[] = [];

  constructor(pid: number) {
    this.pid = pid;
  }

  /** Called once, by the spawner. */
  ended(...end: readonly [exit: Exit, usage?: RunUsage]): void {
    this.#end = end;
    for (const callback of this.#callbacks.splice(0)) callback(...end);
  }

  onExit(callback: ExitCallback): void {
    if (this.#end === undefined) this.#callbacks.push(callback);
    else callback(...this.#end);
  }

  signal(signal: NodeJS.Signals, asGroup: boolean): 'sent' | 'gone' {
    // Once reaped, the pid may already belong to another process.
    if (this.#end !== undefined && !asGroup) return 'gone';
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
