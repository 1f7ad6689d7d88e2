import type { UserIdentity } from '../../../core/index.ts';
import type { Context } from './context.ts';
import type { Section } from '../document.ts';
import type { Owner, ResolvedOwner } from '../option-types/index.ts';
import type { Values } from '../options/section-reader.ts';
import { unknownUser } from './user-database.ts';

/**
 * The values with users and owners looked up, by the types of the options. Where this machine does not know one that is reported as the
 * host's fault, and a stand-in keeps the name.
 */
export function lookUp(section: Section, values: Values, context: Context): Values {
  const found = context.tables.usersOf(section.kind).flatMap((name): (readonly [string, unknown])[] => {
    const value = values[name];
    if (typeof value === 'string') return [[name, findUser(section, name, value, context)]];
    return isOwner(value) ? [[name, findOwner(section, name, value, context)]] : [];
  });
  return found.length === 0 ? values : { ...values, ...Object.fromEntries(found) };
}

function findUser(section: Section, option: string, name: string, { host, reporter }: Context): UserIdentity {
  const user = host.users.user(name);
  if (user === undefined)
    reporter.option(section, option, `there is no user ${name} on this machine`, { kind: 'host' });
  return user ?? unknownUser(name);
}

function findOwner(section: Section, option: string, { user, group }: Owner, context: Context): ResolvedOwner {
  const { uid } = findUser(section, option, user, context);
  const { host, reporter } = context;
  const gid = group === undefined ? -1 : host.users.group(group);
  if (gid === undefined)
    reporter.option(section, option, `there is no group ${group} on this machine`, { kind: 'host' });
  return { user, group, uid, gid: gid ?? unknownUser(user).gid };
}

function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && 'user' in value;
}
