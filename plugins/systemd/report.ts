import type { ProcessView, Supervisor, Timer } from '../../core/index.ts';
import type { Notifier } from './notifier.ts';
import { isSettled, startBoundMs, summarize } from './summary.ts';

/** Changes within this time are one message: a start of a thousand programs is not a thousand messages. */
const COALESCE_MS = 250;
/** While a start or a stop takes long, systemd is asked for this much more time, long before the last is over. */
const EXTENSION_USEC = 30_000_000;
const EXTEND_EVERY_MS = 10_000;

/** systemd gives the service this much time from now on, if that is more than it has. */
export const MORE_TIME = `EXTEND_TIMEOUT_USEC=${EXTENSION_USEC}`;

/**
 * Keeps systemd informed of the programs: the line of status after each change, and once, when the start is over, that the
 * service is ready. No timer is left when nothing changes.
 */
export class Report {
  readonly #supervisor: Supervisor;
  readonly #notifier: Notifier;
  /** Goes with READY=1. */
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

  /** Everything is open, and the programs are about to be started. */
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

  /** The programs are being stopped: the rest is for others to tell. */
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
