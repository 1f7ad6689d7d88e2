import type { Option, OptionTable, SectionCheck } from '../../core/index.ts';
import { BUILT_IN } from './built-in.ts';
import type { PluginOptions } from './built-in.ts';
import { groupOptions, programOptions, supervisorctlOptions, supervisordOptions } from './core-options.ts';

/** Kinds of sections that make programs, and the kind of group that comes of each. */
export const PROGRAM_KINDS = { program: 'group', eventlistener: 'eventlistener', 'fcgi-program': 'fcgi' } as const;

export type ProgramKind = keyof typeof PROGRAM_KINDS;

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
  readonly kinds: readonly string[];
  /** The plugin that ships but is not enabled and would know this section, or this option of it. */
  disabledOwner(kind: string, option?: string): string | undefined;
}

/** A plugin as far as its options go. */
export type NamedPluginOptions = PluginOptions & { readonly name: string };

export function tablesOf(plugins: readonly NamedPluginOptions[]): Tables {
  const enabled = new Set(plugins.map(({ name }) => name));
  const options = new Map<string, Map<string, KnownOption>>();
  const kinds = new Set([
    'program',
    'group',
    'supervisord',
    'supervisorctl',
    ...plugins.flatMap(({ sections }) => Object.keys(sections ?? {})),
  ]);
  for (const kind of kinds) options.set(kind, mergeTables(kind, plugins));
  return {
    optionsOf: (kind) => options.get(kind),
    checksOf: (kind) => checksOf(kind, plugins),
    kinds: [...kinds],
    disabledOwner: (kind, option) => disabledOwner(enabled, kind, option),
  };
}

const CORE: ReadonlyMap<string, OptionTable> = new Map<string, OptionTable>([
  ['program', programOptions],
  ['group', groupOptions],
  ['supervisord', supervisordOptions],
  ['supervisorctl', supervisorctlOptions],
]);

function mergeTables(kind: string, plugins: readonly NamedPluginOptions[]): Map<string, KnownOption> {
  const base = isProgramKind(kind) ? 'program' : kind;
  const own = base === kind ? [] : plugins.flatMap((plugin) => known(plugin.sections?.[kind], 'section', plugin.name));
  return new Map([
    ...known(CORE.get(base), 'core', undefined),
    ...plugins.flatMap(({ sections, name }) =>
      known(sections?.[base], isProgramKind(kind) ? 'process' : 'section', name),
    ),
    ...own,
  ]);
}

function known(table: OptionTable | undefined, concern: Concern, plugin: string | undefined): [string, KnownOption][] {
  return Object.entries(table ?? {}).map(([name, option]) => [name, { name, option, concern, plugin }]);
}

function checksOf(kind: string, plugins: readonly NamedPluginOptions[]): SectionCheck[] {
  const kinds = isProgramKind(kind) && kind !== 'program' ? ['program', kind] : [kind];
  return plugins.flatMap((plugin) => {
    const checks = plugin.checks ?? builtIn(plugin.name)?.checks;
    return kinds.flatMap((name) => checks?.[name] ?? []);
  });
}

function disabledOwner(enabled: ReadonlySet<string>, kind: string, option: string | undefined): string | undefined {
  const isAbout = ({ sections = {} }: PluginOptions) => {
    const table = sections[kind] ?? (isProgramKind(kind) && option !== undefined ? sections['program'] : undefined);
    return table !== undefined && (option === undefined || Object.hasOwn(table, option));
  };
  return Object.entries(BUILT_IN).find(([name, plugin]) => !enabled.has(name) && isAbout(plugin))?.[0];
}

function builtIn(name: string): PluginOptions | undefined {
  return Object.entries(BUILT_IN).find(([known]) => known === name)?.[1];
}

export function isProgramKind(kind: string): kind is ProgramKind {
  return Object.hasOwn(PROGRAM_KINDS, kind);
}
