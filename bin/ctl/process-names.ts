/**
 * The meaning of a name on the command line: one process, or with `process: undefined` a whole group (`group:*`,
 * `group:`).
 */
export interface Target {
  readonly group: string;
  readonly process: string | undefined;
}

export function splitName(name: string): Target {
  const colon = name.indexOf(':');
  if (colon < 0) return { group: name, process: name };
  const process = name.slice(colon + 1);
  return { group: name.slice(0, colon), process: process === '' || process === '*' ? undefined : process };
}

/** The displayed name of a process: `group:name`, or `name` alone if its group has the same name. */
export function joinName({ group, name }: { readonly group: string; readonly name: string }): string {
  return group === name ? name : `${group}:${name}`;
}
