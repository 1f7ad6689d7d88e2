import { optionType, Refusal } from './option-type.ts';
import type { OptionType } from './option-type.ts';
import { INTEGER, integerOf } from './numbers.ts';
import { textOf } from './texts.ts';

/** A user by name or number; whether there is one is looked up when the configuration is resolved. */
export const userName: OptionType<string | number, string> = optionType({
  is: 'a user',
  allowed: 'the name or number of a user',
  json: {
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'integer', minimum: 0 },
    ],
  },
  parse: (given) => nameOrNumber(given) ?? new Refusal(),
});

/** Whom a file belongs to, by name or number. Without a group, the group stays as it is. */
export interface Owner {
  readonly user: string;
  readonly group: string | undefined;
}

/** The same in a resolved configuration, where the names have been looked up. A gid of -1 leaves the group as it is. */
export interface ResolvedOwner extends Owner {
  readonly uid: number;
  readonly gid: number;
}

/** `user` or `user:group`. */
export const owner: OptionType<string | number, Owner> = optionType({
  is: 'an owner',
  allowed: 'user or user:group',
  json: {
    anyOf: [
      { type: 'string', pattern: String.raw`^[^:]+(?::[\s\S]+)?$` },
      { type: 'integer', minimum: 0 },
    ],
  },
  parse: (given) => {
    const name = nameOrNumber(given);
    if (name === undefined) return new Refusal();
    const colon = name.indexOf(':');
    const [user, group] = colon === -1 ? [name, undefined] : [name.slice(0, colon), name.slice(colon + 1)];
    return user === '' || group === '' ? new Refusal() : { user, group };
  },
});

function nameOrNumber(given: unknown): string | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) && given >= 0 ? String(given) : undefined;
  return given === '' ? undefined : textOf(given);
}

/** Where a TCP server listens. An empty host stands for every address of the machine. */
export interface InetAddress {
  readonly host: string;
  readonly port: number;
}

/** `9001`, `:9001`, `*:9001` or `host:9001`. */
export const inetAddress: OptionType<string | number, InetAddress> = optionType({
  is: 'an address',
  allowed: 'port, :port, *:port or host:port, with a port from 1 to 65535',
  json: {
    anyOf: [
      { type: 'string', pattern: String.raw`^(?:[\s\S]*:)?` + `${INTEGER}$` },
      { type: 'integer', minimum: 1, maximum: 65_535 },
    ],
  },
  parse: (given) => {
    const address = nameOrNumber(given) ?? '';
    const colon = address.lastIndexOf(':');
    const port = integerOf(address.slice(colon + 1));
    if (port === undefined) return new Refusal();
    if (port < 1 || port > 65_535) return new Refusal(`port ${port} is out of range`);
    const host = address.slice(0, Math.max(0, colon)).toLowerCase();
    return { host: host === '*' ? '' : host, port };
  },
  toNative: integerOf,
});
