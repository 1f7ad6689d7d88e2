import type { GroupConfig, ProcessConfig, UserIdentity } from '../config.ts';
import type { Equal } from './equal.ts';

/** The names of the groups that differ between the configuration in use and a new one. */
export interface Reload {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Compares by value: a group with equal options is unchanged, wherever it stands in the file. */
export function compareGroups(running: readonly GroupConfig[], next: readonly GroupConfig[], equal: Equal): Reload {
  const before = new Map(running.map((group) => [group.name, group]));
  const after = new Map(next.map((group) => [group.name, group]));
  return {
    added: next.filter(({ name }) => !before.has(name)).map(({ name }) => name),
    changed: next
      .filter(({ name }) => before.has(name))
      .filter((group) => !equal(compared(before.get(group.name)), compared(group)))
      .map(({ name }) => name),
    removed: running.filter(({ name }) => !after.has(name)).map(({ name }) => name),
  };
}

/** The groups of a user are looked up at each start, so they are not part of the configuration. */
function compared(group: GroupConfig | undefined): unknown {
  return group && { ...group, processes: group.processes.map((process) => ({ ...process, user: who(process.user) })) };
}

/** A user as a plan compares and shows it: by name, and by ids where two users share the name. */
export function comparedUser({ user }: ProcessConfig, { user: other }: ProcessConfig): unknown {
  if (user?.name !== other?.name || (user?.uid === other?.uid && user?.gid === other?.gid)) return who(user);
  return user && { ...who(user), name: `${user.name} (uid ${user.uid}, gid ${user.gid})` };
}

function who(user: UserIdentity | undefined): Omit<UserIdentity, 'groups'> | undefined {
  return user && { name: user.name, uid: user.uid, gid: user.gid };
}
