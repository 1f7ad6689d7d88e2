/**
 * Ends a `switch` over a union. Does not compile while a case is missing; at run time it reports the unexpected value.
 */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
