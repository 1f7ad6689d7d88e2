import { isDeepStrictEqual } from 'node:util';
import { SUPERVISOR_OPTIONS } from './supervisor-options.ts';
import type { Tables } from './tables.ts';

/**
 * The options that Supervisor has, and of those that ship besides the ones that are set to something: a supervisord.conf without
 * them prints as it does under Supervisor.
 */
export function withoutOwnDefaults(
  kind: 'program' | 'supervisord',
  options: Readonly<Record<string, unknown>>,
  { shipped }: Pick<Tables, 'shipped'>,
): Record<string, unknown> {
  const isOwnDefault = (name: string, value: unknown) =>
    shipped.some(({ sections }) => {
      const option = sections?.[kind]?.[name];
      return option !== undefined && isDeepStrictEqual(option.default, value);
    });
  return Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) => SUPERVISOR_OPTIONS[kind]?.includes(name) === true || !isOwnDefault(name, value),
    ),
  );
}
