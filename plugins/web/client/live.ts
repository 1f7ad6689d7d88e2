import * as v from 'valibot';
import type { Api } from './api.ts';
import type { Clock } from './clock.ts';
import { EVENTS, readEvent } from './event-line.ts';
import type { ServerSent } from './server-sent.ts';
import type { Store } from './store.ts';
import { Stream } from './stream.ts';
import { AboutProcessShape, UsageEventShape } from './api-schema.ts';

/** The daemon tells what the processes use every two seconds: silence longer than this is a lost connection. */
const SILENCE_MS = 10_000;

/** Bursts of what makes everything be read again lead to one reading. */
const GATHER_MS = 60;

/**
 * Keeps the store as the daemon is. Events bring the process as it is after them; everything is read anew at the
 * beginning, after every break, and when events were lost, so that nothing wrong stays.
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

  /** Does not wait for the next attempt. */
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
    // What is new has a place in the daemon's order, which only the whole list tells.
    else if (event === 'process:added') this.#readSoon();
    else this.#store.dispatch({ kind: 'one', process, now: this.#clock.now() });
  }

  /** One reading at a time; what makes it stale meanwhile leads to another one. */
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
