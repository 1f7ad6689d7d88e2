import { pause } from '../../core/index.ts';
import type { Session } from './session.ts';

/** Where tsvd tells what happens, as it happens. Supervisor has no such page. */
const EVENTS = '/api/v1/events?events=process:state,process:added,process:removed';

/** How long a daemon that tells nothing by itself is left alone between two looks. */
const POLL_MS = 1_000;
/** Events that come together are looked at together. */
const GATHER_MS = 50;
/** A daemon that does not tell is asked for it again after so many looks: it may have been started anew, or updated. */
const ASK_AGAIN = 10;
/** Even a daemon that tells is looked at now and then: its first events may have come before we listened. */
const CHECK_MS = 30_000;

/**
 * Tells when it is worth looking at the processes again: at an event, where the daemon has them, and else every second.
 * `keepsTime`: an uptime is shown, so every second is worth a look in any case.
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
        // Whoever counts on being told waits long, and is told no more.
        if (this.#looks > looks) this.#wake.abort();
      });
  }

  #hear(text: string): void {
    // A line that begins with a colon only keeps the connection alive.
    if (text.split('\n').some((line) => line !== '' && !line.startsWith(':'))) this.#wake.abort();
  }
}
