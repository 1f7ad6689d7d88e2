/**
 * Which copies of this package a process has loaded. Hooks, option types and `instanceof` belong to one copy: a plugin that brings a tsvisor
 * of its own taps hooks that nobody calls. So every copy says that it is there, and whoever loads plugins asks.
 */
const KEY = Symbol.for('tsvisor.copies');

/** Called by modules whose objects one copy alone understands, with their address. */
export function noteCopy(address: string): void {
  loadedCopies().add(address);
}

/** Addresses of modules, of every copy. */
export function loadedCopies(): Set<string> {
  const known: unknown = Reflect.get(globalThis, KEY);
  if (known instanceof Set) return known;
  const made = new Set<string>();
  Reflect.set(globalThis, KEY, made);
  return made;
}

noteCopy(import.meta.url);
