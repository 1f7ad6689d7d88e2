import { ApiError, UNREACHABLE } from './api.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './model.ts';
import { ServerSentReader, type ServerSent } from './server-sent.ts';

/** The first pause after a break; each further one is twice as long, up to the last. */
const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface StreamOptions {
  /** `lastId`: the id of the last event, to continue after it. */
  readonly open: (lastId: string, signal: AbortSignal) => Promise<Response>;
  readonly onEvent: (event: ServerSent) => void;
  readonly onState: (state: Connection) => void;
  readonly clock: Clock;
  /** The longest silence before the connection counts as lost; `undefined` for no limit. */
  readonly silenceMs?: number;
  /** From 0 to 1: spreads the reconnections after a restart of the daemon. */
  readonly random?: () => number;
}

/**
 * A stream of server-sent events that reconnects after every break. Not an EventSource: that gives up for good at the
 * first 502 of a proxy, does not report why, and cannot reconnect on request.
 */
export class Stream {
  readonly #options: StreamOptions;
  #running: AbortController | undefined;
  #pause: { cancel(): void } | undefined;
  #silence: { cancel(): void } | undefined;
  #failures = 0;
  #lastId = '';
  /** The time of the last data, by both clocks. */
  #seen: { readonly now: number; readonly wall: number };

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#seen = { now: options.clock.now(), wall: options.clock.wall() };
  }

  /** Opens it now, if it is not open. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#pause?.cancel();
    const running = new AbortController();
    this.#running = running;
    void this.#follow(running);
  }

  /** Until the next start. */
  stop(): void {
    this.#pause?.cancel();
    this.#silence?.cancel();
    this.#running?.abort();
    this.#running = undefined;
  }

  async #follow(running: AbortController): Promise<void> {
    this.#awaitSign(running);
    const why = await this.#read(running.signal).catch((error: unknown) => lossReason(running.signal.reason, error));
    if (this.#running !== running) return;
    this.#running = undefined;
    this.#silence?.cancel();
    const most = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    const { clock, onState, random = Math.random } = this.#options;
    const pauseMs = most * (0.5 + random() / 2);
    const { now: seen, wall: seenWall } = this.#seen;
    onState({ kind: 'lost', why, seen, seenWall, retryAt: clock.now() + pauseMs });
    this.#pause = clock.setTimer(pauseMs, () => this.start());
  }

  /** A connection can be dead without an end: a cable was pulled, or the daemon hangs. */
  #awaitSign(running: AbortController): void {
    const { clock, silenceMs } = this.#options;
    this.#silence?.cancel();
    if (silenceMs === undefined) return;
    this.#silence = clock.setTimer(silenceMs, () => running.abort(new SilenceError(silenceMs)));
  }

  #heard(): void {
    const { clock } = this.#options;
    this.#seen = { now: clock.now(), wall: clock.wall() };
    if (this.#running !== undefined) this.#awaitSign(this.#running);
  }

  /** Reads until the stream ends; resolves with the reason. */
  async #read(signal: AbortSignal): Promise<string> {
    const { open, onEvent, onState } = this.#options;
    const response = await open(this.#lastId, signal);
    if (response.body === null) return 'the server sent nothing';
    this.#heard();
    onState({ kind: 'live' });
    const reader = new ServerSentReader();
    const decoder = new TextDecoder();
    // Not `for await`: Safari cannot iterate a stream.
    const chunks = response.body.getReader();
    for (;;) {
      const { done, value } = await chunks.read();
      if (done) return 'the server ended the connection';
      if (signal.aborted) return 'it was closed';
      this.#heard();
      for (const event of reader.push(decoder.decode(value, { stream: true }))) {
        this.#failures = 0;
        if (event.id !== '') this.#lastId = event.id;
        onEvent(event);
      }
    }
  }
}

/** Browsers report `Failed to fetch` or `network error` for an unreachable server, which does not help users. */
function lossReason(abortedFor: unknown, error: unknown): string {
  if (abortedFor instanceof SilenceError) return abortedFor.message;
  return error instanceof ApiError ? error.message : UNREACHABLE;
}

class SilenceError extends Error {
  constructor(ms: number) {
    super(`the daemon has been silent for ${Math.round(ms / 1000)} s`);
  }
}
