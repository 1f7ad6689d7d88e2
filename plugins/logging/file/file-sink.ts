import type { Limits } from './limits.ts';
import type { LogTarget } from './log-target.ts';
import type { Sink } from '../capture/sink.ts';

/** Appends to a log, with the limits of this channel as they are then. Whoever acquired the log releases it. */
export class FileSink implements Sink {
  readonly #target: LogTarget;
  readonly #limits: () => Limits;

  constructor(target: LogTarget, limits: () => Limits) {
    this.#target = target;
    this.#limits = limits;
  }

  prepare(): void {
    this.#target.prepare();
  }

  write(bytes: Uint8Array, ready: () => void): boolean {
    return this.#target.write(bytes, this.#limits(), ready);
  }
}
