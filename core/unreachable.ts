/** Ends a `switch` over a union: does not compile while a case is missing; at run time it names the intruder. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
