import type { Context } from './context.ts';
import { absolutePath } from './paths.ts';
import type { Document, Section } from './document.ts';
import { defaultSocket } from './user-folders.ts';
import type { InetServerValues, ServerSettings, UnixServerValues } from '../http/options.ts';
import { SectionReader } from './section-reader.ts';
import { resolveOwner } from './socket-owner.ts';

/** The servers to open: TCP first, then unix sockets, each in the file's order. */
export function resolveServers({ sections, format }: Document, context: Context): ServerSettings[] {
  const of = (kind: string) => sections.filter((section) => section.kind === kind);
  const servers = [
    ...of('inet_http_server').flatMap((section) => inetServer(section, context) ?? []),
    ...of('unix_http_server').flatMap((section) => unixServer(section, context) ?? []),
  ];
  if (servers.length > 0 || format === 'supervisord.conf') return servers;
  return ownServer(context);
}

/** A native configuration that says nothing is controlled by the socket of its user. Root says where. */
function ownServer({ host: { folders }, tables }: Context): ServerSettings[] {
  if (folders === undefined || tables.optionsOf('unix_http_server') === undefined) return [];
  return [
    {
      type: 'unix',
      format: 'native',
      section: 'unix_http_server',
      file: defaultSocket(folders),
      chmod: 0o700,
      chown: undefined,
      username: undefined,
      password: undefined,
    },
  ];
}

/** What SUPERVISOR_SERVER_URL says where a program does not say otherwise: the first unix socket, else the first TCP address. */
export function serverUrl(servers: readonly ServerSettings[]): string | undefined {
  const unix = servers.find((server) => server.type === 'unix');
  if (unix !== undefined) return `unix://${unix.file}`;
  const inet = servers.find((server) => server.type === 'inet');
  return inet === undefined ? undefined : `http://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}`;
}

function readServer(section: Section, context: Context): Readonly<Record<string, unknown>> | undefined {
  const known = context.tables.optionsOf(section.kind);
  if (known === undefined) return undefined;
  const reader = new SectionReader(section, known, context);
  reader.checkNames();
  const values = reader.readAll('section', []);
  reader.check(values);
  return values;
}

function inetServer(section: Section, context: Context): ServerSettings | undefined {
  const values = readServer(section, context);
  // What came out of the schemas of the table that this type is inferred from.
  const { port: address, hosts = [] } = (values ?? {}) as Partial<InetServerValues>;
  if (address === undefined) return undefined;
  return {
    type: 'inet',
    format: section.format,
    section: section.title,
    host: address.host,
    port: address.port,
    ...(hosts.length > 0 && { hosts }),
    ...accountsIn(values ?? {}),
  };
}

function unixServer(section: Section, context: Context): ServerSettings | undefined {
  const values = readServer(section, context);
  const { file, chmod = 0o700, chown } = (values ?? {}) as Partial<UnixServerValues>;
  if (file === undefined) return undefined;
  return {
    type: 'unix',
    format: section.format,
    section: section.title,
    file: absolutePath(file.trim(), context.host.cwd, context.host.env),
    chmod,
    chown: chown === undefined ? undefined : resolveOwner(section, 'chown', chown, context),
    ...accountsIn(values ?? {}),
  };
}

function accountsIn(
  values: Partial<UnixServerValues | InetServerValues>,
): Pick<ServerSettings, 'username' | 'password' | 'viewer'> {
  const { username, password, viewer_username, viewer_password } = values;
  const viewer = { username: viewer_username, password: viewer_password };
  return { username, password, ...(viewer_username !== undefined && { viewer }) };
}
