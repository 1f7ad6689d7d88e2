import type { Context } from './context.ts';
import type { Section } from './document.ts';
import type { Owner } from './option-types.ts';
import { unknownUser } from './user-database.ts';

/** An owner by number, with the names that the configuration gives. A gid of -1 leaves the group as it is. */
export interface ResolvedOwner extends Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Looks the names up. Where this machine does not know one that is reported as the host's fault. */
export function resolveOwner(
  section: Section,
  option: string,
  owner: Owner,
  { host, reporter }: Context,
): ResolvedOwner {
  const user = host.users.user(owner.user);
  const gid = owner.group === undefined ? -1 : host.users.group(owner.group);
  if (user === undefined)
    reporter.option(section, option, `there is no user ${owner.user} on this machine`, { kind: 'host' });
  if (gid === undefined)
    reporter.option(section, option, `there is no group ${owner.group} on this machine`, { kind: 'host' });
  return { ...owner, uid: (user ?? unknownUser(owner.user)).uid, gid: gid ?? unknownUser(owner.user).gid };
}
