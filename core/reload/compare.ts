import type { GroupConfig } from '../config.ts';
import type { Equal } from './equal.ts';

/** Which groups differ between those in use and those of a new configuration, by name. */
export interface Reload {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** By value: a group whose options are all the same is unchanged, wherever it stands in the file. */
export function compareGroups(running: readonly GroupConfig[], next: readonly GroupConfig[], equal: Equal): Reload {
  const before = new Map(running.map((group) => [group.name, group]));
  const after = new Map(next.map((group) => [group.name, group]));
  return {
    added: next.filter(({ name }) => !before.has(name)).map(({ name }) => name),
    changed: next
      .filter(({ name }) => before.has(name))
      .filter((group) => !equal(before.get(group.name), group))
      .map(({ name }) => name),
    removed: running.filter(({ name }) => !after.has(name)).map(({ name }) => name),
  };
}
