import type { ResolvedOwner } from '../../config/option-types/index.ts';

/** One server to open, as `config.sections.http.servers` lists them: the TCP servers first, each kind in the file's order. */
export type ServerSettings = UnixServerSettings | InetServerSettings;

interface CommonSettings {
  /** The section's whole name: `unix_http_server`, `unix_http_server:admin`. */
  readonly section: string;
  /** What it was written in: a supervisord.conf keeps liberties that Supervisor gives it. Absent where it was built by hand. */
  readonly format?: 'supervisord.conf' | 'native';
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** A second account, which may only look. */
  readonly viewer?: Viewer | undefined;
}

interface Viewer {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export interface UnixServerSettings extends CommonSettings {
  readonly type: 'unix';
  /** Absolute. */
  readonly file: string;
  readonly chmod: number;
  readonly chown: ResolvedOwner | undefined;
}

export interface InetServerSettings extends CommonSettings {
  readonly type: 'inet';
  /** Lower case; empty for all addresses. */
  readonly host: string;
  readonly port: number;
  /** Names in `Host` besides those that the machine has by itself. */
  readonly hosts?: readonly string[];
}

/**
 * `config.sections.http` of a resolved configuration; absent where it was built by hand.
 * Read it with {@link serversOf}.
 */
export interface HttpSection {
  readonly servers: readonly ServerSettings[];
}

/** The servers of a resolved configuration. */
export function serversOf(
  sections: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly ServerSettings[] {
  const servers: unknown = sections['http']?.['servers'];
  return isServerList(servers) ? servers : [];
}

/** The server that clients are sent to: the first unix socket, else the first TCP server. `serverurl` is its address. */
export function clientServer(servers: readonly ServerSettings[]): ServerSettings | undefined {
  return servers.find(({ type }) => type === 'unix') ?? servers[0];
}

// The list is made by `resolve`, or by an embedder with this type before its eyes.
function isServerList(servers: unknown): servers is readonly ServerSettings[] {
  return Array.isArray(servers);
}
