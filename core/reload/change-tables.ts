import type { ProcessConfig } from '../config.ts';
import type { Declaration } from '../declaration.ts';
import type { Change, OptionTable } from '../option.ts';

/**
 * What it takes until a change of the core's own options is in effect: when each of them is read decides it. The option
 * tables of a configuration say the same by using this one.
 */
export const CORE_CHANGES = {
  // Read by a spawn; the child cannot be given another one.
  command: 'restart',
  directory: 'restart',
  umask: 'restart',
  user: 'restart',
  environment: 'restart',
  serverurl: 'restart',
  // Decided for the whole of a start when the child is there.
  startsecs: 'start',
  // Read by each stop.
  stopsignal: 'live',
  stopwaitsecs: 'live',
  stopasgroup: 'live',
  killasgroup: 'live',
  // The order of the next start or stop of many.
  priority: 'live',
  // Turned on, it starts what was never started; see reload/update.ts.
  autostart: 'live',
  // Only names the section that the process comes from.
  program: 'live',
} as const satisfies Record<Exclude<keyof ProcessConfig, 'name' | 'options'>, Change>;

/** How a change of an option is dealt with. */
export interface Treatment {
  readonly change: Change;
  /** Its values are for no eyes. */
  readonly isSecret: boolean;
}

/** How changes are dealt with, option by option, for the core and these plugins. */
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

/** Half of the world's passwords are here. */
const ENVIRONMENT = 'environment';

/** An option that no table knows takes the most, and a name that is secret anywhere is secret everywhere. */
export function changeTables(plugins: readonly HasSections[]): ChangeTables {
  const sections = plugins.flatMap((plugin) => (plugin.sections === undefined ? [] : [plugin.sections]));
  const secrets = new Set([ENVIRONMENT, ...sections.flatMap((tables) => Object.values(tables).flatMap(secretsOf))]);
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
    ofProcess: (option) => treatment(option, coreChange(option) ?? find('program', option)?.change),
    ofGroup(kind, option) {
      if (option === 'priority' || option === 'programs') return treatment(option, 'live');
      return treatment(option, ofKind(kind, option)?.change);
    },
    ofSection(title, option) {
      // The daemon's variables reach programs as part of their own environment, where the change is one of theirs.
      if (title === 'supervisord' && option === ENVIRONMENT) return treatment(option, 'live');
      return treatment(option, find(title.split(':', 1)[0] ?? title, option)?.change);
    },
  };
}

function coreChange(option: string): Change | undefined {
  const known: Readonly<Record<string, Change>> = CORE_CHANGES;
  return Object.hasOwn(known, option) ? known[option] : undefined;
}

function secretsOf(table: OptionTable): string[] {
  return Object.entries(table).flatMap(([name, { secret }]) => (secret === true ? [name] : []));
}
