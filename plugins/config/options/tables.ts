import type { Declaration, Option, OptionTable, ProgramKind, SectionCheck } from '../../../core/index.ts';
import { groupOptions, programOptions, supervisorctlOptions, supervisordOptions } from './core-options.ts';
import { owner, userName } from '../option-types/index.ts';

/** Whom an option concerns. */
type Concern =
  /** The core: a field of the process's or the daemon's record. */
  | 'core'
  /** A plugin, for each process. */
  | 'process'
  /** A plugin, for the group or section as a whole. */
  | 'section';

export interface KnownOption {
  readonly name: string;
  readonly option: Option<unknown, unknown>;
  readonly concern: Concern;
  /** The plugin that brings it; undefined for the core's. */
  readonly plugin: string | undefined;
}

/** All that may be written: the core's options and those of the enabled plugins. */
export interface Tables {
  /** Options of a kind of section by name; undefined for an unknown kind. */
  optionsOf(kind: string): ReadonlyMap<string, KnownOption> | undefined;
  checksOf(kind: string): readonly SectionCheck[];
  /** The options of a kind that name users or owners. */
  usersOf(kind: string): readonly string[];
  readonly kinds: readonly string[];
  /** Kinds of sections that make programs. Those of plugins that ship are among them, enabled or not. */
  readonly programKinds: ReadonlyMap<string, ProgramKind>;
  /** Keys of a typed configuration that hold sections by name, and the kind of section they hold. */
  readonly namedKinds: ReadonlyMap<string, string>;
  /** The plugin that ships but is not enabled and would know this section, or this option of it. */
  disabledOwner(kind: string, option?: string): string | undefined;
  /** The enabled plugins. */
  readonly plugins: readonly Declaration[];
  /** The plugins that ship, enabled or not. */
  readonly shipped: readonly Declaration[];
}

const CORE: ReadonlyMap<string, OptionTable> = new Map<string, OptionTable>([
  ['program', programOptions],
  ['group', groupOptions],
  ['supervisord', supervisordOptions],
  ['supervisorctl', supervisorctlOptions],
]);

/** The tables for these enabled plugins. `shipped` are those that a message may name as the ones to enable. */
export function tablesOf(plugins: readonly Declaration[], shipped: readonly Declaration[] = []): Tables {
  const programKinds = new Map<string, ProgramKind>([
    ['program', { key: 'programs', group: 'group' }],
    ...[...shipped, ...plugins].flatMap((plugin) => Object.entries(plugin.programKinds ?? {})),
  ]);
  const kinds = [...new Set([...CORE.keys(), ...plugins.flatMap(({ sections = {} }) => Object.keys(sections))])];
  const options = new Map(kinds.map((kind) => [kind, mergeTables(kind, programKinds.has(kind), plugins)]));
  const users = new Map([...options].map(([kind, table]) => [kind, [...table.values()].flatMap(namesUser)]));
  const special = [...programKinds].filter(([kind]) => kind !== 'program');
  return {
    plugins,
    shipped,
    kinds,
    programKinds,
    namedKinds: new Map([
      ['programs', 'program'],
      ['groups', 'group'],
      ...special.map(([kind, { key }]) => [key, kind] as const),
      ['rpcinterfaces', 'rpcinterface'],
    ]),
    optionsOf: (kind) => options.get(kind),
    usersOf: (kind) => users.get(kind) ?? [],
    checksOf(kind) {
      const names = programKinds.has(kind) && kind !== 'program' ? ['program', kind] : [kind];
      return plugins.flatMap(({ checks }) => names.flatMap((name) => checks?.[name] ?? []));
    },
    disabledOwner(kind, option) {
      const isProgram = programKinds.has(kind) && option !== undefined;
      return shipped.find(({ name, sections = {} }) => {
        const table = sections[kind] ?? (isProgram ? sections['program'] : undefined);
        const isAbout = table !== undefined && (option === undefined || Object.hasOwn(table, option));
        return isAbout && plugins.every((plugin) => plugin.name !== name);
      })?.name;
    },
  };
}

function mergeTables(kind: string, isProgram: boolean, plugins: readonly Declaration[]): Map<string, KnownOption> {
  const base = isProgram ? 'program' : kind;
  const own = base === kind ? [] : plugins.flatMap((plugin) => known(plugin.sections?.[kind], 'section', plugin.name));
  return new Map([
    ...known(CORE.get(base), 'core', undefined),
    ...plugins.flatMap(({ sections, name }) => known(sections?.[base], isProgram ? 'process' : 'section', name)),
    ...own,
  ]);
}

function namesUser({ name, option: { schema } }: KnownOption): string[] {
  return schema === owner || schema === userName ? [name] : [];
}

function known(table: OptionTable | undefined, concern: Concern, plugin: string | undefined): [string, KnownOption][] {
  return Object.entries(table ?? {}).map(([name, option]) => [name, { name, option, concern, plugin }]);
}
