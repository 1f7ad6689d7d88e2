/** What a name on the command line means: one process, or with `process: undefined` all of a group (`group:*`, `group:`). */
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

/** The name a process is shown by: `group:name`, or `name` alone in a group that is called the same. */
export function joinName({ group, name }: { readonly group: string; readonly name: string }): string {
  return group === name ? name : `${group}:${name}`;
}
