import type { OptionChange, SectionChange } from '../../../../core/index.ts';
import { serversOf } from '../../../control/http/index.ts';

/** Fields that say where a server is defined, not what it is. */
const ORIGIN = new Set(['type', 'section', 'format']);

/** Compares two lists of servers, section by section, so that a password is one secret option among others. */
export function serverChanges(
  { from, to, change }: OptionChange,
  tables: { readonly isSecret: (section: string, option: string) => boolean },
): SectionChange[] {
  const [before, after] = [bySection(from), bySection(to)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((section) => {
    const [old, next] = [before.get(section) ?? {}, after.get(section) ?? {}];
    const options = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((name) => !ORIGIN.has(name));
    return options
      .filter((option) => JSON.stringify(old[option]) !== JSON.stringify(next[option]))
      .map((option) => {
        const isSecret = tables.isSecret(section, option);
        return { section, option, from: old[option], to: next[option], change, isSecret };
      });
  });
}

function bySection(servers: unknown): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  return new Map(serversOf({ http: { servers } }).map((server) => [server.section, { ...server }]));
}
