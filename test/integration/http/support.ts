import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Supervisor, supervisorConfig, type Plugin, type SupervisorConfig } from '../../../core/index.ts';
import { loggingService, type Level } from '../../../plugins/output/logging/index.ts';
import { fakeLogging } from '../../support/logging.ts';
import {
  HttpPlugin,
  type HttpPluginOptions,
  type InetServerSettings,
  type RouteHandler,
  type ServerSettings,
  type UnixServerSettings,
} from '../../../plugins/control/http/index.ts';
import { later } from '../../support/later.ts';

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-http-'));
  later(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function unixServer(file: string, settings: Partial<UnixServerSettings> = {}): UnixServerSettings {
  return {
    type: 'unix',
    section: 'unix_http_server',
    file,
    chmod: 0o700,
    chown: undefined,
    username: undefined,
    password: undefined,
    ...settings,
  };
}

export function inetServer(port: number, settings: Partial<InetServerSettings> = {}): InetServerSettings {
  return {
    type: 'inet',
    section: 'inet_http_server',
    host: '127.0.0.1',
    port,
    username: undefined,
    password: undefined,
    ...settings,
  };
}

/** A supervisor with the plugin and servers; not started yet. */
export function supervisorWith(
  servers: readonly ServerSettings[],
  {
    http = {},
    plugins = [],
    config = {},
    routes = {},
  }: {
    readonly http?: HttpPluginOptions;
    readonly plugins?: readonly Plugin[];
    readonly config?: Partial<SupervisorConfig>;
    readonly routes?: Readonly<Record<string, RouteHandler>>;
  } = {},
): { readonly supervisor: Supervisor; readonly logged: string[] } {
  const logged: string[] = [];
  const supervisor = new Supervisor({
    config: supervisorConfig({ ...config, sections: { ...config.sections, http: { servers } } }),
    plugins: [new HttpPlugin(http), ...plugins],
  });
  const note = (level: Level, text: string): void => void logged.push(`${level} ${text}`);
  if (supervisor.use(loggingService) === undefined) supervisor.provide(loggingService, fakeLogging(note));
  else supervisor.events.on('log:written', ({ level, text }) => note(level, text));
  HttpPlugin.getHooks(supervisor).routes.tap('test', ({ path }) => routes[path]);
  later(() => supervisor.shutdown());
  return { supervisor, logged };
}

/** What a server sends for these bytes until it closes, `until` is found, or the time is over. */
export function exchange(
  to: string | number,
  bytes: string | Buffer,
  {
    until,
    timeoutMs = 5_000,
    thenEnd = false,
  }: { readonly until?: string; readonly timeoutMs?: number; readonly thenEnd?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open(to);
    let received = '';
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const timer = setTimeout(finish, timeoutMs);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (until !== undefined && received.includes(until)) finish();
    });
    socket.on('close', finish);
    socket.on('error', (error) => (received === '' ? reject(error) : finish()));
    if (thenEnd) socket.end(bytes);
    else socket.write(bytes);
  });
}

export function open(to: string | number): Socket {
  return typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
}

export function get(path: string, headers: readonly string[] = []): string {
  return [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n');
}

export function post(path: string, body: string | Buffer, headers: readonly string[] = []): string {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return [...head, ...headers, '', body.toString()].join('\r\n');
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1]);
}
