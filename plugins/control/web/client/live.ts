import * as v from 'valibot';
import type { Api } from './api.ts';
import type { Clock } from './clock.ts';
import { EVENTS, readEvent } from './event-line.ts';
import type { ServerSent } from './server-sent.ts';
import type { Store } from './store.ts';
import { Stream } from './stream.ts';
import { AboutProcessShape, UsageEventShape } from './api-schema.ts';

/** The daemon sends the usage of processes every two seconds: a longer silence is a lost connection. */
const SILENCE_MS = 10_000;

/** Events within this time lead to one reading of everything. */
const GATHER_MS = 60;

/**
 * Keeps the store up to date. Events contain the process after the change. Everything is read again at the beginning,
 * after every break, and when events were lost, so that errors do not persist.
 */
export class Live {
  readonly #api: Api;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #stream: Stream;
  #isReading = false;
  #isStale = false;

  constructor(api: Api, store: Store, clock: Clock) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
    this.#stream = new Stream({
      open: (lastId, signal) => api.events(EVENTS, lastId, signal),
      onEvent: (event) => this.#take(event),
      onState: (connection) => {
        store.dispatch({ kind: 'connection', connection });
        if (connection.kind === 'live') this.#readSoon();
      },
      clock,
      silenceMs: SILENCE_MS,
    });
  }

  /** Reconnects now, without waiting for the next attempt. */
  tryNow(): void {
    this.#stream.start();
  }

  start(): void {
    this.#stream.start();
  }

  stop(): void {
    this.#stream.stop();
  }

  #take({ event, data }: ServerSent): void {
    if (event === 'gap') return this.#readSoon();
    const said: unknown = JSON.parse(data);
    if (event === 'process:usage') {
      const usage = v.safeParse(UsageEventShape, said);
      if (usage.success) this.#store.dispatch({ kind: 'usage', samples: usage.output.usages });
      return;
    }
    const happened = readEvent(event, said, this.#clock.wall());
    if (happened !== undefined) this.#store.dispatch({ kind: 'happened', event: happened });
    const about = v.safeParse(AboutProcessShape, said);
    if (!about.success) return this.#readSoon();
    const { process } = about.output;
    if (event === 'process:removed') this.#store.dispatch({ kind: 'gone', name: process.namespec });
    // The position of a new process in the daemon's order is only in the complete list.
    else if (event === 'process:added') this.#readSoon();
    else this.#store.dispatch({ kind: 'one', process, now: this.#clock.now() });
  }

  /** One reading at a time; a change in the meantime leads to another one. */
  #readSoon(): void {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#clock.setTimer(GATHER_MS, () => void this.#read());
  }

  async #read(): Promise<void> {
    this.#isStale = false;
    try {
      const [about, processes] = await Promise.all([this.#api.about(), this.#api.processes()]);
      if (about !== undefined) this.#store.dispatch({ kind: 'about', about });
      this.#store.dispatch({ kind: 'all', processes, now: this.#clock.now() });
    } catch {
      // Then the stream breaks, too, and with its return everything is read.
    }
    this.#isReading = false;
    if (this.#isStale) this.#readSoon();
  }
}
