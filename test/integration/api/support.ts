import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import { groupConfig, processConfig, type Plugin, type ProcessConfig, type Supervisor } from '../../../core/index.ts';
import { ApiPlugin } from '../../../plugins/control/api/index.ts';
import type { UnixServerSettings } from '../../../plugins/control/http/index.ts';
import { LoggingPlugin } from '../../../plugins/output/logging/index.ts';
import { ResourcesPlugin } from '../../../plugins/insight/resources/index.ts';
import { RpcPlugin } from '../../../plugins/control/rpc/index.ts';
import { Conformity } from '../../support/openapi.ts';
import { supervisorWith, temporaryDirectory, unixServer } from '../http/support.ts';
import { later } from '../../support/later.ts';

export type Program = Partial<ProcessConfig> & { readonly name: string };

/** Whatever it is: the test that looks at it says what it has to be. */
type Json = ReturnType<typeof JSON.parse>;

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body as JSON; `undefined` where it is something else. */
  readonly json: Json;
}

export interface ApiDaemon {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly socket: string;
  readonly logged: readonly string[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<ApiAnswer>;
  /** What the OpenAPI document says of the answers so far: `get` and `post` check each. */
  readonly conformity: Conformity;
  readonly post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<ApiAnswer>;
}

/** A supervisor with the plugin `api` on a unix socket and real children; programs do not start by themselves. */
export async function apiDaemon(
  groups: readonly { readonly name?: string; readonly programs: readonly Program[] }[] = [],
  {
    plugins = [],
    server = {},
    prepare = () => undefined,
  }: {
    readonly plugins?: readonly Plugin[];
    readonly server?: Partial<UnixServerSettings>;
    readonly prepare?: (supervisor: Supervisor) => void;
  } = {},
): Promise<ApiDaemon> {
  const directory = temporaryDirectory();
  const socket = join(directory, 's.sock');
  const { supervisor, logged } = supervisorWith([unixServer(socket, server)], {
    plugins: [
      new LoggingPlugin({ logfile: join(directory, 'log'), childlogdir: directory }),
      new RpcPlugin(),
      new ApiPlugin(),
      new ResourcesPlugin(),
      ...plugins,
    ],
    config: {
      identifier: 'tests',
      groups: groups.map(({ name, programs }) =>
        groupConfig({
          ...(name !== undefined && { name }),
          processes: programs.map((program) =>
            processConfig({ command: 'sleep 1000', autostart: false, startsecs: 0, ...program }),
          ),
        }),
      ),
    },
  });
  prepare(supervisor);
  await supervisor.start();
  const { username = '', password = '' } = server;
  const authorization = { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  const document = await send(socket, { method: 'GET', path: '/api/v1/openapi.json', headers: authorization });
  const conformity = new Conformity(document.json);
  const call =
    (method: string) =>
    async (rest: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> => {
      const path = `/api/v1${rest}`;
      const answer = await send(socket, { method, path, headers }, body);
      const contentType = answer.headers['content-type'];
      expect(conformity.check({ method, path, status: answer.status, contentType, json: answer.json })).toEqual([]);
      return answer;
    };
  return {
    supervisor,
    directory,
    socket,
    logged,
    conformity,
    get: (path, headers) => call('GET')(path, undefined, headers),
    post: (path, body = {}, headers) => call('POST')(path, body, { 'Content-Type': 'application/json', ...headers }),
  };
}

export function send(
  socketPath: string,
  options: { readonly method: string; readonly path: string; readonly headers?: Record<string, string> },
  body?: unknown,
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = response.headers['content-type'] === 'application/json' && text !== '';
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text, json: isJson ? JSON.parse(text) : undefined });
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** One server-sent event. */
export interface SentEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Json;
}

/** An open stream of events: those so far, and a way to wait for more. */
export class EventClient {
  readonly events: SentEvent[] = [];
  /** The last `id:` that came, with or without an event. */
  lastId: string | undefined;
  raw = '';
  isEnded = false;
  readonly #sent;
  #rest = '';
  #watchers = new Set<() => void>();

  constructor(socketPath: string, path: string, headers: Record<string, string> = {}) {
    this.#sent = request({ socketPath, agent: false, path: `/api/v1${path}`, headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.#take(text));
      response.on('close', () => {
        this.isEnded = true;
        this.#tell();
      });
      response.on('error', () => undefined);
    });
    this.#sent.on('error', () => undefined);
    this.#sent.end();
    later(() => this.close());
  }

  close(): void {
    this.#sent.destroy();
  }

  /** Waits until this holds of what came so far. */
  until(what: string, holds: (client: this) => boolean, timeoutMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${what} did not come; so far: ${this.raw.slice(-2_000)}`)),
        timeoutMs,
      );
      const look = (): void => {
        if (!holds(this)) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  #take(text: string): void {
    this.raw += text;
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
      );
      this.lastId = fields.get('id') ?? this.lastId;
      const data = fields.get('data');
      if (data !== undefined)
        this.events.push({ id: fields.get('id'), event: fields.get('event') ?? 'message', data: JSON.parse(data) });
    }
    this.#tell();
  }

  #tell(): void {
    for (const look of this.#watchers) look();
  }
}
