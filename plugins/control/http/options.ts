import { defineOptions } from '../../../core/index.ts';
import type { OptionValues, SectionCheck, SectionFault } from '../../../core/index.ts';
import {
  inetAddress,
  nonEmptyText,
  octalMode,
  owner,
  socketPath,
  stringList,
  text,
  type ResolvedOwner,
} from '../../config/option-types/index.ts';

const USERNAME = {
  schema: text,
  default: undefined,
  change: 'restart',
  description: 'Name that a client has to give; goes with password.',
} as const;
const PASSWORD = {
  schema: text,
  default: undefined,
  change: 'restart',
  secret: true,
  description: 'Password that a client has to give: as it is, or {SHA} and the hexadecimal SHA-1 of it.',
} as const;
const VIEWER_USERNAME = {
  schema: nonEmptyText,
  default: undefined,
  change: 'restart',
  description: 'Name of a second account, which may see everything and change nothing.',
} as const;
const VIEWER_PASSWORD = {
  schema: nonEmptyText,
  default: undefined,
  change: 'restart',
  secret: true,
  description: 'Password of that account: as it is, or {SHA} and the hexadecimal SHA-1 of it.',
} as const;

/** `[unix_http_server]`; there may be several, with a name: `[unix_http_server:admin]`. */
const unixServerOptions = defineOptions({
  file: {
    schema: socketPath,
    default: undefined,
    required: true,
    change: 'restart',
    description: 'Path of the socket.',
  },
  chmod: {
    schema: octalMode,
    default: 0o700,
    change: 'restart',
    description: 'Mode of the socket, octal: who may read and write it controls the daemon.',
  },
  chown: {
    schema: owner,
    default: undefined,
    change: 'restart',
    description: 'Owner of the socket, as user or user:group; by default who runs the daemon.',
  },
  username: USERNAME,
  password: PASSWORD,
  viewer_username: VIEWER_USERNAME,
  viewer_password: VIEWER_PASSWORD,
});

/** `[inet_http_server]`; there may be several, with a name: `[inet_http_server:public]`. */
const inetServerOptions = defineOptions({
  port: {
    schema: inetAddress,
    default: undefined,
    required: true,
    change: 'restart',
    description: 'Where to listen: port, :port, *:port or host:port.',
  },
  hosts: {
    schema: stringList,
    default: [],
    change: 'restart',
    description:
      'Names that browsers may call this server by, besides IP addresses, localhost and the name of the machine.',
  },
  username: USERNAME,
  password: PASSWORD,
  viewer_username: VIEWER_USERNAME,
  viewer_password: VIEWER_PASSWORD,
});

export type UnixServerValues = Omit<OptionValues<typeof unixServerOptions>, 'chown'> & {
  readonly chown: ResolvedOwner | undefined;
};
export type InetServerValues = OptionValues<typeof inetServerOptions>;

/** `readonly sections` of the plugin's class. */
export const sections = {
  inet_http_server: inetServerOptions,
  unix_http_server: unixServerOptions,
} as const;

const checkAuthentication: SectionCheck = (values) => [
  ...checkPair(values, 'username', 'password'),
  ...checkPair(values, 'viewer_username', 'viewer_password'),
  ...checkHashes(values),
  ...checkViewer(values),
];

type Values = Parameters<SectionCheck>[0];

function checkPair(values: Values, username: string, password: string): SectionFault[] {
  if ((values[username] === undefined) === (values[password] === undefined)) return [];
  const [given, missing] = values[username] === undefined ? [password, username] : [username, password];
  return [
    {
      option: given,
      message: `incomplete authentication: ${missing} is missing; give both ${username} and ${password}, or neither`,
    },
  ];
}

/** A read-only account needs another account with full access, under another name. */
function checkViewer({ username, viewer_username: viewer }: Values): SectionFault[] {
  if (viewer === undefined) return [];
  const option = 'viewer_username';
  if (username === undefined) {
    const message = 'of no use without username and password: everybody could do everything; give those, too';
    return [{ option, message }];
  }
  return viewer === username ? [{ option, message: 'the same as username; choose another name' }] : [];
}

/** A hash of another length or with other characters matches no password. */
function checkHashes(values: Values): SectionFault[] {
  return ['password', 'viewer_password'].flatMap((option) => {
    const password = values[option];
    if (typeof password !== 'string' || !password.startsWith('{SHA}')) return [];
    if (/^\{SHA\}[\da-f]{40}$/i.test(password)) return [];
    const message =
      '{SHA} is followed by the 40 hexadecimal digits of the SHA-1 of the password: printf %s PASSWORD | sha1sum';
    return [{ option, message }];
  });
}

/** `readonly checks` of the plugin's class. */
export const checks: Readonly<Record<string, SectionCheck>> = {
  unix_http_server: checkAuthentication,
  inet_http_server: checkAuthentication,
};

export { print, resolve } from './resolve.ts';
