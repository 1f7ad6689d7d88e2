import type { ProcessView, Supervisor, Timer } from '../../../core/index.ts';
import type { Notifier } from './notifier.ts';
import { isSettled, startBoundMs, summarize } from './summary.ts';

/**
 * Changes within this time are sent as one message: a start of a thousand programs must not send a thousand messages.
 */
const COALESCE_MS = 250;
/** While a start or stop takes long, systemd is asked for this much more time, well before the last extension ends. */
const EXTENSION_USEC = 30_000_000;
const EXTEND_EVERY_MS = 10_000;

/** Asks systemd for this much time from now on. */
export const MORE_TIME = `EXTEND_TIMEOUT_USEC=${EXTENSION_USEC}`;

/**
 * Reports the programs to systemd: a status line after each change, and once, when the start is complete, that the
 * service is ready. No timer is left when nothing changes.
 */
export class Report {
  readonly #supervisor: Supervisor;
  readonly #notifier: Notifier;
  /** Sent with READY=1. */
  readonly #also: readonly string[];
  #phase: 'before' | 'starting' | 'ready' | 'over' = 'before';
  #sentStatus = '';
  #tick: Timer | undefined;
  #bound: Timer | undefined;
  #extension: Timer | undefined;

  constructor(supervisor: Supervisor, notifier: Notifier, also: readonly string[]) {
    this.#supervisor = supervisor;
    this.#notifier = notifier;
    this.#also = also;
  }

  /** Everything is open, and the programs are about to start. */
  begin(): void {
    this.#phase = 'starting';
    this.#bound = this.#supervisor.clock.setTimer(startBoundMs(this.#views), () => this.#becomeReady());
    this.#extend();
    this.#look();
  }

  /** Something about a program has changed. */
  change(): void {
    if (this.#phase !== 'starting' && this.#phase !== 'ready') return;
    this.#tick ??= this.#supervisor.clock.setTimer(COALESCE_MS, () => this.#look());
  }

  /** The programs are being stopped: other code reports the rest. */
  end(): void {
    this.#phase = 'over';
    this.#endStart();
    this.#tick?.cancel();
  }

  get #views(): readonly ProcessView[] {
    return this.#supervisor.processes.map(({ view }) => view);
  }

  #look(): void {
    this.#tick = undefined;
    if (this.#phase === 'starting' && isSettled(this.#views)) return this.#becomeReady();
    const text = summarize(this.#views);
    if (text === this.#sentStatus) return;
    this.#sentStatus = text;
    this.#notifier.notify(`STATUS=${text}`);
  }

  #becomeReady(): void {
    this.#phase = 'ready';
    this.#endStart();
    this.#sentStatus = summarize(this.#views);
    this.#notifier.notify('READY=1', ...this.#also, `STATUS=${this.#sentStatus}`);
  }

  #extend(): void {
    this.#extension = this.#supervisor.clock.setTimer(EXTEND_EVERY_MS, () => {
      this.#notifier.notify(MORE_TIME);
      this.#extend();
    });
  }

  #endStart(): void {
    this.#bound?.cancel();
    this.#extension?.cancel();
  }
}
