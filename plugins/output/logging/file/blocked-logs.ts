import type { Supervisor } from '../../../../core/index.ts';

/** Logs that cannot be written, and why. Emits `log:blocked` and `log:unblocked`. */
export class BlockedLogs {
  readonly #events: Supervisor['events'];
  readonly #reasons = new Map<string, string>();

  constructor(events: Supervisor['events']) {
    this.#events = events;
  }

  /** Without a reason the log can be written again. */
  set(file: string, reason: string | undefined): void {
    if (reason === undefined) {
      this.#reasons.delete(file);
      this.#events.emit('log:unblocked', { file });
    } else {
      this.#reasons.set(file, reason);
      this.#events.emit('log:blocked', { file, reason });
    }
  }

  get isEmpty(): boolean {
    return this.#reasons.size === 0;
  }

  /** Why one of these logs cannot be written, in words. */
  reasonFor(paths: readonly string[]): string | undefined {
    for (const path of paths) {
      const reason = this.#reasons.get(path);
      if (reason !== undefined) return `blocked: cannot write ${path}: ${reason}`;
    }
    return undefined;
  }
}
