import type { OptionChange, SectionChange } from '../../../core/index.ts';
import { serversOf } from '../../http/index.ts';

/** Fields of a server that say where it comes from, not what it is. */
const ORIGIN = new Set(['type', 'section', 'format']);

/** What differs between two lists of servers, section by section, so that the password among it is one secret of many options. */
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
