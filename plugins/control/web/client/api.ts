import * as v from 'valibot';
import {
  AboutShape,
  ErrorShape,
  ProcessesShape,
  ProcessShape,
  ResultsShape,
  SettingsShape,
  type About,
  type ProcessStatus,
  type Results,
  type Setting,
} from './api-schema.ts';

export type Action = 'start' | 'stop' | 'restart' | 'signal' | 'clear-logs';
export type Channel = 'stdout' | 'stderr';

/** How many of the last events a page begins with. */
const FIRST_EVENTS = 400;

/** Shown in place of browsers' unhelpful messages: `Failed to fetch`. */
export const UNREACHABLE = 'the daemon cannot be reached';

/** `daemon`: its own log. */
export type LogSource =
  | { readonly kind: 'daemon' }
  | { readonly kind: 'process'; readonly name: string; readonly channel: Channel };

/** A failed request, with the server's message; without an answer the status is 0. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** All requests of the page to the daemon. URLs are relative, for the path prefix of a reverse proxy. */
export class Api {
  readonly #base: string;
  readonly #fetch: typeof fetch;

  /** `page`: the URL of the page; the API is next to it. */
  constructor(page: string, request: typeof fetch = (...args) => fetch(...args)) {
    this.#base = new URL('api/v1', page).href;
    this.#fetch = async (...args) => {
      try {
        return await request(...args);
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') throw error;
        throw new ApiError(0, UNREACHABLE);
      }
    };
  }

  /** `undefined` if the daemon has no API: the plugin is not enabled. */
  async about(): Promise<About | undefined> {
    const response = await this.#fetch(this.#base);
    return response.status === 404 ? undefined : v.parse(AboutShape, await bodyOf(response));
  }

  async processes(): Promise<readonly ProcessStatus[]> {
    return v.parse(ProcessesShape, await this.#get('/processes')).processes;
  }

  /** @throws ApiError 404 if the process does not exist any more */
  async process(name: string): Promise<ProcessStatus> {
    return v.parse(ProcessShape, await this.#get(`/processes/${encodeURIComponent(name)}`));
  }

  /** The options of a process, with the values in effect. */
  async settings(name: string): Promise<readonly Setting[]> {
    return v.parse(SettingsShape, await this.#get(`/processes/${encodeURIComponent(name)}/settings`)).settings;
  }

  /** `target`: a process, `group:*` or `*`. Resolves when it is done. */
  async act(target: string, action: Action, signal?: string): Promise<Results> {
    const path = `/processes/${encodeURIComponent(target)}/${action}`;
    const body = action === 'signal' ? { signal } : {};
    return v.parse(ResultsShape, await this.#post(path, body)).results;
  }

  /** The journal of a process, newest first. @throws ApiError 501 without the plugin `journal` */
  async journal(name: string, limit: number): Promise<unknown> {
    const answer = await this.#get(`/processes/${encodeURIComponent(name)}/journal?limit=${limit}`);
    return v.parse(v.looseObject({ records: v.unknown() }), answer).records;
  }

  /** The event stream, after the last event that was seen; without one, the last events come first. */
  events(names: readonly string[], lastId: string, signal: AbortSignal): Promise<Response> {
    const query = new URLSearchParams({ events: names.join(','), last: String(FIRST_EVENTS) });
    return this.#stream(`/events?${query}`, signal, lastId === '' ? {} : { 'Last-Event-ID': lastId });
  }

  /** The end of a log, and what is added to it. */
  followLog(source: LogSource, bytes: number, signal: AbortSignal): Promise<Response> {
    return this.#stream(`${pathOf(source)}?tail=${bytes}&follow=1`, signal);
  }

  downloadAddress(source: LogSource): string {
    return `${this.#base}${pathOf(source)}?download=1`;
  }

  async #get(path: string): Promise<unknown> {
    return bodyOf(await this.#fetch(this.#base + path));
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const headers = { 'Content-Type': 'application/json' };
    return bodyOf(await this.#fetch(this.#base + path, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  async #stream(path: string, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const response = await this.#fetch(this.#base + path, {
      signal,
      headers: { Accept: 'text/event-stream', ...headers },
    });
    if (!response.ok) throw await errorOf(response);
    return response;
  }
}

function pathOf(source: LogSource): string {
  return source.kind === 'daemon' ? '/log' : `/processes/${encodeURIComponent(source.name)}/logs/${source.channel}`;
}

async function bodyOf(response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response);
  return response.json();
}

async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const said = v.safeParse(ErrorShape, body);
  const message = said.success ? said.output.error.message : `the server answered ${response.status}`;
  return new ApiError(response.status, message);
}
