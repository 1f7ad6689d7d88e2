import type { GroupConfig } from './config.ts';

/** What differs between the groups that run and those of a new configuration, by name. */
export interface Reload {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Compares by value: a group whose options are all the same is unchanged, wherever it stands in the file. */
export async function compareGroups(running: readonly GroupConfig[], next: readonly GroupConfig[]): Promise<Reload> {
  const { isDeepStrictEqual } = await import('node:util'); // 0.3 MB that only a reload needs
  const before = new Map(running.map((group) => [group.name, group]));
  const after = new Map(next.map((group) => [group.name, group]));
  return {
    added: next.filter(({ name }) => !before.has(name)).map(({ name }) => name),
    changed: next
      .filter(({ name }) => before.has(name))
      .filter((group) => !isDeepStrictEqual(before.get(group.name), group))
      .map(({ name }) => name),
    removed: running.filter(({ name }) => !after.has(name)).map(({ name }) => name),
  };
}

export function isNoChange({ added, changed, removed }: Reload): boolean {
  return added.length + changed.length + removed.length === 0;
}
