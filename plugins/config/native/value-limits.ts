/** Options are lists and records of texts; nothing that is meant goes deeper. */
const MOST_DEPTH = 32;
/** More than 10,000 programs need. */
const MOST_VALUES = 2_000_000;

/**
 * Looks for values that nobody can read to their end: one that is deeper than the stack or holds itself, or that the aliases of YAML
 * make from a few lines into gigabytes. One budget for all values of a configuration; what is over it is not looked at.
 */
export class ValueLimits {
  #left = MOST_VALUES;

  /** Why a value is one of these; `undefined` where it is not. */
  faultOf(value: unknown): string | undefined {
    return this.#look(value, MOST_DEPTH);
  }

  #look(value: unknown, depth: number): string | undefined {
    this.#left -= 1;
    if (this.#left < 0) return `holds more than ${MOST_VALUES} values, repeated ones counted each time`;
    if (typeof value !== 'object' || value === null || !isPlain(value)) return undefined;
    if (depth === 0) return `is nested deeper than ${MOST_DEPTH} levels`;
    for (const item of Object.values(value)) {
      const fault = this.#look(item, depth - 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}

/** An array or a record; the objects of a plugin's own classes are its own affair. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
