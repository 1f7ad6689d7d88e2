import { isAbsolute, normalize } from 'node:path';

import { defineOptions } from '../../../core/index.ts';
import type { OptionValues, ProgramKind, SectionCheck } from '../../../core/index.ts';
import { integer, octalMode, optionType, owner, Refusal, type ResolvedOwner } from '../../config/option-types/index.ts';

/** The socket that the processes of a fcgi-program share. */
export type FcgiSocket =
  | { readonly kind: 'unix'; readonly url: string; readonly path: string }
  | { readonly kind: 'tcp'; readonly url: string; readonly host: string; readonly port: number };

const socket = optionType<`unix://${string}` | `tcp://${string}:${number}`, FcgiSocket>({
  is: 'a socket',
  allowed: 'unix:///absolute/path or tcp://host:port',
  json: { type: 'string', pattern: String.raw`^(?:unix:///|tcp://[^\s:]+:\d+$)` },
  parse: (given): FcgiSocket | Refusal => {
    const url = String(given);
    if (url.startsWith('unix://')) {
      const path = url.slice('unix://'.length);
      if (!isAbsolute(path)) return new Refusal('the path of a unix socket has to be absolute');
      return { kind: 'unix', url: `unix://${normalize(path)}`, path: normalize(path) };
    }
    const [, host, digits] = /^tcp:\/\/([^\s:]+):(\d+)$/.exec(url) ?? [];
    const port = Number(digits);
    if (host === undefined || !(port >= 1 && port <= 65_535)) return new Refusal();
    return { kind: 'tcp', url: `tcp://${host.toLowerCase()}:${port}`, host: host.toLowerCase(), port };
  },
});

/**
 * Options of `[fcgi-program:x]` beside those of a program. They arrive as `GroupConfig.options` of a group of kind `fcgi`; there,
 * `socket_owner` is a {@link ResolvedOwner} (the program's user where the file names none and it is another than the daemon's).
 */
export const fcgiOptions = defineOptions({
  socket: {
    schema: socket,
    default: undefined,
    required: true,
    change: 'restart',
    description: 'The socket that the processes share.',
  },
  socket_owner: {
    schema: owner,
    default: undefined,
    change: 'restart',
    description: "Owner of a unix socket, as user or user:group; by default the program's user.",
  },
  socket_mode: {
    schema: octalMode,
    default: undefined,
    change: 'restart',
    description: 'Mode of a unix socket, octal; 0700 by default.',
  },
  socket_backlog: {
    schema: integer({ min: 1, max: 65_535 }),
    default: undefined,
    change: 'restart',
    description: "How many connections may wait to be accepted; the system's maximum by default.",
  },
});

/** What {@link GroupConfig.options} of a group of kind `fcgi` holds. */
export type FcgiValues = Omit<OptionValues<typeof fcgiOptions>, 'socket' | 'socket_owner'> & {
  readonly socket: FcgiSocket;
  readonly socket_owner: ResolvedOwner | undefined;
};

/** `readonly sections` of the plugin's class. */
export const sections = { 'fcgi-program': fcgiOptions } as const;

/** `readonly programKinds` of the plugin's class. */
export const programKinds = {
  'fcgi-program': {
    key: 'fcgi_programs',
    group: 'fcgi',
    asMember: 'gets no socket as a member of a group: it runs as a plain program there',
    resolve: withDefaults,
    print: (options) => ({ socket: printSocket(options) }),
  },
} as const satisfies Readonly<Record<string, ProgramKind>>;

type Values = Readonly<Record<string, unknown>>;

/** Supervisor's defaults for a unix socket: it belongs to the program's user, and to nobody else. */
function withDefaults(values: Values, { user, uid }: Parameters<NonNullable<ProgramKind['resolve']>>[1]): Values {
  // What came out of the schemas of the table, with the owner looked up. A socket that is required may be missing.
  const { socket, socket_owner, socket_mode }: Partial<FcgiValues> = values;
  const isUnix = socket?.kind === 'unix';
  const isOther = isUnix && user !== undefined && user.uid !== uid;
  const byUser = isOther ? { uid: user.uid, gid: user.gid, user: user.name, group: undefined } : undefined;
  return { ...values, socket_owner: socket_owner ?? byUser, socket_mode: socket_mode ?? (isUnix ? 0o700 : undefined) };
}

function printSocket({ socket, socket_backlog, socket_mode, socket_owner }: Partial<FcgiValues>): Values {
  if (socket === undefined) return {};
  const common = { url: socket.url, backlog: socket_backlog ?? null };
  if (socket.kind === 'tcp') return common;
  const owners = socket_owner ? [socket_owner.user, socket_owner.group ?? null] : null;
  return { ...common, mode: socket_mode?.toString(8) ?? null, owner: owners };
}

const checkSocket: SectionCheck = (values, given) => {
  const isTcp = typeof values['socket'] === 'object' && values['socket'] !== null && 'port' in values['socket'];
  return ['socket_owner', 'socket_mode']
    .filter((option) => isTcp && given.has(option))
    .map((option) => ({ option, message: 'only a unix socket has an owner and a mode; this one is tcp' }));
};

/** `readonly checks` of the plugin's class. */
export const checks: Readonly<Record<string, SectionCheck>> = { 'fcgi-program': checkSocket };
