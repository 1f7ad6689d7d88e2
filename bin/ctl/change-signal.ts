import { pause } from '../../core/index.ts';
import type { Session } from './session.ts';

/** The event stream of tsvd. Supervisor has none. */
const EVENTS = '/api/v1/events?events=process:state,process:added,process:removed';

/** The polling interval for a daemon without events. */
const POLL_MS = 1_000;
/** Events within this time lead to one update. */
const GATHER_MS = 50;
/** After this many polls, the event stream is requested again: the daemon may have been restarted or updated. */
const ASK_AGAIN = 10;
/** With events, the processes are still read at this interval: the first events may have come before the connection. */
const CHECK_MS = 30_000;

/**
 * Waits until the processes may have changed: until an event, if the daemon sends events, and else for a second.
 * `keepsTime`: an uptime is shown, so it returns every second in any case.
 */
export class ChangeSignal {
  readonly #session: Session;
  readonly #signal: AbortSignal;
  readonly #keepsTime: boolean;
  #isListening = false;
  #looks = 0;
  #wake = new AbortController();

  constructor(session: Session, signal: AbortSignal, { keepsTime }: { readonly keepsTime: boolean }) {
    this.#session = session;
    this.#signal = signal;
    this.#keepsTime = keepsTime;
  }

  async next(): Promise<void> {
    if (!this.#isListening && this.#looks % ASK_AGAIN === 0) this.#listen();
    this.#looks += 1;
    const { clock } = this.#session;
    const isQuiet = this.#isListening && !this.#keepsTime && this.#looks > 1;
    await pause(clock, isQuiet ? CHECK_MS : POLL_MS, AbortSignal.any([this.#wake.signal, this.#signal]));
    if (!this.#wake.signal.aborted) return;
    await pause(clock, GATHER_MS, this.#signal);
    this.#wake = new AbortController();
  }

  #listen(): void {
    this.#isListening = true;
    const looks = this.#looks + 1;
    this.#session.connection
      .stream(EVENTS, (chunk) => this.#hear(chunk.toString('latin1')), this.#signal)
      .catch(() => undefined)
      .finally(() => {
        this.#isListening = false;
        // The caller waits long because it counts on events, which have ended.
        if (this.#looks > looks) this.#wake.abort();
      });
  }

  #hear(text: string): void {
    // A line that begins with a colon only keeps the connection alive.
    if (text.split('\n').some((line) => line !== '' && !line.startsWith(':'))) this.#wake.abort();
  }
}
