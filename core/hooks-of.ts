import type { Supervisor } from './supervisor.ts';

/**
 * Hooks that a plugin offers to other plugins, one set for each supervisor, made at the first asking:
 * `static readonly getHooks = hooksOf(() => ({ … }))`. Whoever asks first, the owner or an extender, both get the same.
 */
export function hooksOf<Set extends object>(create: (supervisor: Supervisor) => Set): (supervisor: Supervisor) => Set {
  const sets = new WeakMap<Supervisor, Set>();
  return (supervisor) => {
    let set = sets.get(supervisor);
    if (set === undefined) {
      set = create(supervisor);
      sets.set(supervisor, set);
    }
    return set;
  };
}
