import { defineOptions, GROUP_OPTIONS, PROCESS_OPTIONS } from '../../../core/index.ts';
import type {
  CoreTable,
  CoreType,
  Declaration,
  Option,
  OptionTable,
  OptionValues,
  ProgramKind,
  SectionCheck,
} from '../../../core/index.ts';
import {
  boolean,
  count,
  directoryPath,
  environment,
  existingDirectory,
  integer,
  pidFile,
  processName,
  programCommand,
  octalMode,
  owner,
  signal,
  stringList,
  text,
  userName,
} from '../option-types/index.ts';

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

/** How each type of the core's options is written. */
const SCHEMAS = {
  boolean,
  count,
  directoryPath,
  environment,
  integer: integer(),
  octalMode,
  programCommand,
  signal,
  stringList,
  text,
  userName,
} as const satisfies Readonly<Record<CoreType, object>>;

type WithSchemas<Table extends CoreTable> = {
  readonly [Name in keyof Table]: Omit<Table[Name], 'type'> & {
    readonly schema: (typeof SCHEMAS)[Table[Name]['type']];
  };
};

function withSchemas<const Table extends CoreTable>(table: Table): WithSchemas<Table> {
  const options = Object.entries(table).map(([name, { type, ...option }]) => [
    name,
    { schema: SCHEMAS[type], ...option },
  ]);
  // Each option under its name, with the schema of its type.
  return Object.fromEntries(options) as WithSchemas<Table>;
}

const { command, ...others } = withSchemas(PROCESS_OPTIONS);

/** Options of a program (`[program:x]`, `[eventlistener:x]`, `[fcgi-program:x]`) that need no plugin. */
export const programOptions = defineOptions({
  command,
  // How processes are made of a program; they do not have these.
  process_name: {
    schema: processName,
    default: '%(program_name)s',
    change: 'restart',
    description:
      'Name of the process, without blanks, colons and slashes; with numprocs above 1 it has to contain %(process_num)d.',
  },
  numprocs: {
    schema: count,
    default: 1,
    change: 'live',
    description: 'How many processes to run from this program, at most 100,000.',
  },
  numprocs_start: {
    schema: integer(),
    default: 0,
    change: 'live',
    description: 'The number that %(process_num)d counts from.',
  },
  ...others,
});

/** Options of `[group:x]`. */
export const groupOptions = defineOptions(withSchemas(GROUP_OPTIONS));

/** Options of `[supervisord]` that need no plugin. */
export const supervisordOptions = defineOptions({
  pidfile: {
    schema: pidFile,
    default: 'supervisord.pid',
    change: 'restart',
    description: 'File that holds the process id of the daemon while it runs.',
  },
  nodaemon: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Stay in the foreground instead of becoming a daemon.',
  },
  umask: {
    schema: octalMode,
    default: 0o022,
    change: 'restart',
    description: 'File mode creation mask of the daemon, once daemonized.',
  },
  directory: {
    schema: existingDirectory,
    default: undefined,
    change: 'restart',
    description: 'Directory to change to when daemonizing; it has to exist.',
  },
  user: {
    schema: userName,
    default: undefined,
    change: 'restart',
    description: 'User to become before anything else is done; only root can.',
  },
  identifier: {
    schema: text,
    default: 'supervisor',
    change: 'restart',
    description: 'Name of this daemon for its clients.',
  },
  minfds: {
    schema: integer(),
    default: 1024,
    change: 'restart',
    description:
      'File descriptors that must be available; the limit is raised if need be, and where it cannot be, nothing starts.',
  },
  minprocs: {
    schema: integer(),
    default: 200,
    change: 'restart',
    description:
      'Processes that must be available; the limit is raised if need be, and where it cannot be, nothing starts.',
  },
  environment: {
    schema: environment,
    // Passwords are often given in it.
    secret: true,
    default: {},
    // They are part of each program's own environment, and a change of that is one of the program.
    change: 'live',
    description: 'Variables for every program, below its own ones; also available as %(ENV_NAME)s.',
  },
});

/** Options of `[supervisorctl]`. The client reads them; the daemon only has to know their names. */
export const supervisorctlOptions = defineOptions({
  serverurl: {
    schema: text,
    default: 'http://localhost:9001',
    change: 'live',
    description: 'Address of the daemon: http://host:port or unix:///path.',
  },
  username: { schema: text, default: undefined, change: 'live', description: 'Name to give to the daemon.' },
  password: {
    schema: text,
    default: undefined,
    change: 'live',
    secret: true,
    description: 'Password to give to the daemon.',
  },
  prompt: { schema: text, default: 'supervisor', change: 'live', description: 'Prompt of the interactive client.' },
  history_file: {
    schema: text,
    default: undefined,
    change: 'live',
    description: 'File that keeps what was typed in the interactive client; without one nothing is kept.',
  },
});

export type ProgramValues = OptionValues<typeof programOptions>;
export type SupervisordValues = OptionValues<typeof supervisordOptions>;

/** The core's options, by the kind of section. */
const CORE: ReadonlyMap<string, OptionTable> = new Map<string, OptionTable>([
  ['program', programOptions],
  ['group', groupOptions],
  ['supervisord', supervisordOptions],
  ['supervisorctl', supervisorctlOptions],
]);
