import type { Declaration } from '../declaration.ts';
import type { Change } from '../option.ts';
import { GROUP_OPTIONS, PROCESS_OPTIONS, type CoreTable } from '../config.ts';

/** What it takes until a change of the core's own options is in effect; those that take the most first. */
export const CORE_CHANGES: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    (['restart', 'start', 'live'] as const).flatMap((change) =>
      Object.entries<CoreTable[string]>(PROCESS_OPTIONS).flatMap(([name, option]) =>
        option.change === change ? [[name, change] as const] : [],
      ),
    ),
  ),
  // Only names the section that the process comes from.
  program: 'live',
};

/** How to treat a change of an option. */
export interface Treatment {
  readonly change: Change;
  /** Secret: masked in messages, plans and printed configurations. */
  readonly isSecret: boolean;
}

/** How to treat changes, by option, for the core and these plugins. */
export interface ChangeTables {
  /** An option of a process: the core's, or one of a plugin. */
  ofProcess(option: string): Treatment;
  /** An option of a group, by the group's kind. */
  ofGroup(kind: string, option: string): Treatment;
  /** An option of one of the daemon's sections. */
  ofSection(title: string, option: string): Treatment;
}

/** Of a plugin, all that is needed here. */
export type HasSections = Pick<Declaration, 'sections' | 'programKinds'>;

type Entry = { readonly change: Change; readonly secret?: boolean };

/** An option that no table knows takes the most, and a name that is secret anywhere is secret everywhere. */
export function changeTables(plugins: readonly HasSections[]): ChangeTables {
  const sections = plugins.flatMap((plugin) => (plugin.sections === undefined ? [] : [plugin.sections]));
  const secrets = new Set([PROCESS_OPTIONS, ...sections.flatMap((tables) => Object.values(tables))].flatMap(secretsOf));
  const find = (kind: string, option: string): Entry | undefined => {
    const owner = sections.find((tables) => Object.hasOwn(tables, kind) && Object.hasOwn(tables[kind] ?? {}, option));
    return owner?.[kind]?.[option];
  };
  const kinds = plugins.flatMap(({ programKinds = {} }) => Object.entries(programKinds));
  // The section that makes a group need not be called like the group's kind: `fcgi-program` makes those of kind `fcgi`.
  const ofKind = (kind: string, option: string): Entry | undefined =>
    find(kinds.find(([, { group }]) => group === kind)?.[0] ?? kind, option);
  const treatment = (option: string, change: Change = 'restart'): Treatment => ({
    change,
    isSecret: secrets.has(option),
  });
  return {
    ofProcess: (option) => treatment(option, own(CORE_CHANGES, option) ?? find('program', option)?.change),
    ofGroup: (kind, option) =>
      treatment(option, own<Entry>(GROUP_OPTIONS, option)?.change ?? ofKind(kind, option)?.change),
    ofSection(title, option) {
      // The daemon's variables reach programs as part of their own environment, where the change is one of theirs.
      if (title === 'supervisord' && option === 'environment') return treatment(option, 'live');
      return treatment(option, find(title.split(':', 1)[0] ?? title, option)?.change);
    },
  };
}

/** A name is what people write, and may be one that every object has. */
function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function secretsOf(table: Readonly<Record<string, Entry>>): string[] {
  return Object.entries(table).flatMap(([name, { secret }]) => (secret === true ? [name] : []));
}
