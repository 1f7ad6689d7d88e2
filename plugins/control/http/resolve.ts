import { dirname } from 'node:path';
import type { ReadSection, ResolveHost, SupervisorConfig } from '../../../core/index.ts';
import { defaultSocket } from '../../config/find/user-folders.ts';
import type { InetServerValues, UnixServerValues } from './options.ts';
import { clientServer, serversOf } from './server-settings.ts';
import type { ServerSettings } from './server-settings.ts';

/** `resolve` of the plugin's class: the servers to open, TCP first, then unix sockets, each in the file's order. */
export const resolve = (sections: readonly ReadSection[], host: ResolveHost) => {
  const of = (kind: string) => sections.filter((section) => section.kind === kind);
  const written = [
    ...of('inet_http_server').flatMap(inetServer),
    ...of('unix_http_server').flatMap((section) => unixServer(section, host)),
  ];
  const servers = written.length > 0 ? written : ownServer(host);
  return {
    sections: { http: { servers } },
    serverurl: serverUrl(servers),
    folders: servers.flatMap((server) => (server.type === 'unix' ? [dirname(server.file)] : [])),
  };
};

/** A native configuration that says nothing is controlled by the socket of its user. Root says where. */
function ownServer({ folders, format }: ResolveHost): ServerSettings[] {
  if (folders === undefined || format === 'supervisord.conf') return [];
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

/** The default of SUPERVISOR_SERVER_URL. */
function serverUrl(servers: readonly ServerSettings[]): string | undefined {
  const server = clientServer(servers);
  if (server === undefined) return undefined;
  if (server.type === 'unix') return `unix://${server.file}`;
  return `http://${server.host === '' ? 'localhost' : server.host}:${server.port}`;
}

function inetServer({ format, title, values }: ReadSection): ServerSettings[] {
  // What came out of the schemas of the table that this type is inferred from; a required option may be missing.
  const { port: address, hosts = [], ...accounts }: Partial<InetServerValues> = values;
  if (address === undefined) return [];
  const { host, port } = address;
  return [
    { type: 'inet', format, section: title, host, port, ...(hosts.length > 0 && { hosts }), ...accountsIn(accounts) },
  ];
}

function unixServer({ format, title, values }: ReadSection, { absolute }: ResolveHost): ServerSettings[] {
  const { file, chmod = 0o700, chown, ...accounts }: Partial<UnixServerValues> = values;
  if (file === undefined) return [];
  return [{ type: 'unix', format, section: title, file: absolute(file.trim()), chmod, chown, ...accountsIn(accounts) }];
}

function accountsIn({
  username,
  password,
  viewer_username,
  viewer_password,
}: Partial<UnixServerValues>): Pick<ServerSettings, 'username' | 'password' | 'viewer'> {
  const viewer = { username: viewer_username, password: viewer_password };
  return { username, password, ...(viewer_username !== undefined && { viewer }) };
}

/** `print` of the plugin's class. Passwords are masked. */
export const print = ({ sections }: SupervisorConfig) => ({
  servers: serversOf(sections).map((server) => {
    const { section, type, username = null, password } = server;
    const common = { section, type, username, password: password === undefined ? null : '********' };
    if (server.type === 'inet') return { ...common, host: server.host, port: server.port };
    const { file, chmod, chown } = server;
    return { ...common, file, chmod: chmod.toString(8), chown: chown ? [chown.user, chown.group ?? null] : null };
  }),
});
