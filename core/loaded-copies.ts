/**
 * The copies of this package that a process has loaded. Hooks, option types and `instanceof` work within one copy only:
 * a plugin that brings its own tsvisor taps hooks that nobody calls. Each copy therefore registers itself, and the code
 * that loads plugins checks the list.
 */
const KEY = Symbol.for('tsvisor.copies');

/** Called by modules whose objects are understood by one copy only. `address`: the URL of the module. */
export function noteCopy(address: string): void {
  loadedCopies().add(address);
}

/** The module addresses of all copies. */
export function loadedCopies(): Set<string> {
  const known: unknown = Reflect.get(globalThis, KEY);
  if (known instanceof Set) return known;
  const made = new Set<string>();
  Reflect.set(globalThis, KEY, made);
  return made;
}

noteCopy(import.meta.url);
