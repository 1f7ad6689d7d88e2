/**
 * What the core supervises. Everything here is resolved: no templates, no texts to interpret, no files. Plugins
 * (`config`, `supervisord-conf`) read and check a configuration; a program that embeds the core builds these records
 * itself with {@link processConfig}.
 *
 * Option names and their meaning are Supervisor's.
 */

import { tsvError } from './errors.ts';
import type { Change } from './option.ts';

/**
 * The options that the core carries out, each declared once. `ProcessConfig`, its defaults, what a reload makes of a change, and what a
 * configuration may say (`plugins/config/options/tables.ts`, which knows how each type is written) are made from this table.
 */
export const PROCESS_OPTIONS = {
  command: {
    type: 'programCommand',
    default: undefined,
    required: true,
    // Read by a spawn, as all options that take a restart; the child cannot be given another one.
    change: 'restart',
    description: 'The program and its arguments, split into words like in a shell, without substitution.',
  },
  priority: {
    type: 'integer',
    default: 999,
    // The order of the next start or stop of many.
    change: 'live',
    description: 'Programs with a lower number start earlier and stop later; it may be negative.',
  },
  autostart: {
    type: 'boolean',
    default: true,
    // Turned on, it starts what was never started; see reload/update.ts.
    change: 'live',
    description: 'Start the program together with the daemon, and when an update adds it.',
  },
  startsecs: {
    type: 'count',
    default: 1,
    // Decided for the whole of a start when the child is there.
    change: 'start',
    description:
      'Seconds that the program has to stay up for a start to count as a success; with 0 the spawn is enough.',
  },
  stopsignal: {
    type: 'signal',
    default: 'SIGTERM',
    // Read by each stop, as the options of the stop that follow.
    change: 'live',
    description: 'Signal that asks the program to stop, by name (with or without SIG) or number.',
  },
  stopwaitsecs: {
    type: 'count',
    default: 10,
    change: 'live',
    description: 'Seconds to wait after the stop signal before SIGKILL.',
  },
  stopasgroup: {
    type: 'boolean',
    default: false,
    change: 'live',
    description: 'Send the stop signal to the whole process group; implies killasgroup.',
  },
  killasgroup: {
    type: 'boolean',
    default: false,
    change: 'live',
    description: 'Send SIGKILL to the whole process group; follows stopasgroup when not given.',
  },
  user: {
    type: 'userName',
    default: undefined,
    change: 'restart',
    description: "User to run the program as, with all of that user's groups; only root can change it.",
  },
  directory: {
    type: 'directoryPath',
    default: undefined,
    change: 'restart',
    description: "Working directory of the program; by default the daemon's.",
  },
  umask: {
    type: 'octalMode',
    default: undefined,
    change: 'restart',
    description: "File mode creation mask of the program; by default the daemon's.",
  },
  environment: {
    type: 'environment',
    // Passwords are often given in it.
    secret: true,
    default: {},
    change: 'restart',
    description: "Variables that are added to the daemon's environment for this program.",
  },
  serverurl: {
    type: 'text',
    default: undefined,
    change: 'restart',
    description:
      'SUPERVISOR_SERVER_URL of the program; by default, and with AUTO, the address of the first server. Empty: not set.',
  },
} as const satisfies CoreTable;

/** Options of a group. */
export const GROUP_OPTIONS = {
  programs: {
    type: 'stringList',
    default: [],
    required: true,
    // Members come and go; those that stay are not touched.
    change: 'live',
    description: 'Names of the programs in the group.',
  },
  priority: {
    type: 'integer',
    default: 999,
    change: 'live',
    description: 'Groups with a lower number start earlier and stop later; it may be negative.',
  },
} as const satisfies CoreTable;

/**
 * One process to supervise, with the options of {@link PROCESS_OPTIONS}. Durations that Supervisor counts in seconds are in seconds.
 * Without a value, `directory`, `umask` and `user` are the daemon's own, and `serverurl` is the address that the configuration gives to all.
 */
export interface ProcessConfig extends CoreValues<typeof PROCESS_OPTIONS> {
  /** Unique within its group. */
  readonly name: string;
  /** The `[program:x]` that defines it; with `numprocs`, several processes share one. */
  readonly program: string;
  /** Options that plugins own (`autorestart`, `stdout_logfile`, …), by name. Read them through the plugin's option table. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A user as the kernel knows it. `groups` holds every group, the primary one included. */
export interface UserIdentity {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** Processes that are started, stopped and named together. */
export interface GroupConfig {
  readonly name: string;
  /** `group` for programs; plugins add their own kinds (`eventlistener`, `fcgi`). */
  readonly kind: string;
  readonly priority: number;
  readonly processes: readonly ProcessConfig[];
  /** Options of the group that plugins own (`events`, `buffer_size`, `socket`, …). */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A whole configuration. */
export interface SupervisorConfig {
  readonly identifier: string;
  /** Given to every process in SUPERVISOR_SERVER_URL; `undefined` where there is no server. */
  readonly serverurl: string | undefined;
  readonly groups: readonly GroupConfig[];
  /**
   * Settings of the daemon and of its plugins by section (`supervisord`, `unix_http_server`, …), checked by their
   * owners.
   */
  readonly sections: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Supervisor's defaults of the options that belong to the core. */
export const PROCESS_DEFAULTS = Object.freeze({ ...defaultsOf(PROCESS_OPTIONS), options: {} });

function defaultsOf(table: CoreTable): Omit<CoreValues<typeof PROCESS_OPTIONS>, 'command'> {
  const optional = Object.entries(table).filter(([, { required }]) => required !== true);
  const defaults = optional.map(([name, option]) => [name, option.default]);
  // The type is made from the same table, of which the command alone is required.
  return Object.fromEntries(defaults) as Omit<CoreValues<typeof PROCESS_OPTIONS>, 'command'>;
}

/** What a caller in JavaScript may pass: no compiler has checked it. */
type Unchecked<Type> = { readonly [Name in keyof Type]?: unknown };

/** A process, with Supervisor's defaults for the options that are not given. @throws TSV_CONFIG_RECORD */
export function processConfig(given: Partial<ProcessConfig> & Pick<ProcessConfig, 'name' | 'command'>): ProcessConfig {
  const { name, command }: Unchecked<typeof given> = given ?? {};
  if (typeof name !== 'string') throw tsvError('TSV_CONFIG_RECORD', ['processConfig', 'name', 'a text']);
  if (typeof command !== 'string') throw tsvError('TSV_CONFIG_RECORD', [`processConfig ${name}`, 'command', 'a text']);
  return Object.freeze({ program: given.name, ...PROCESS_DEFAULTS, ...given });
}

/** A group. Without a name it holds a single process and takes the name of that process. */
export function groupConfig(given: Partial<GroupConfig> & Pick<GroupConfig, 'processes'>): GroupConfig {
  const { processes }: Unchecked<typeof given> = given ?? {};
  if (!Array.isArray(processes)) throw tsvError('TSV_CONFIG_RECORD', ['groupConfig', 'processes', 'an array']);
  const name = given.name ?? given.processes[0]?.name ?? 'group';
  return Object.freeze({ kind: 'group', priority: 999, options: {}, ...given, name });
}

/** A configuration from groups alone. */
export function supervisorConfig(given: Partial<SupervisorConfig> = {}): SupervisorConfig {
  return Object.freeze({ identifier: 'supervisor', serverurl: undefined, groups: [], sections: {}, ...given });
}

/** The types of the core's options, by their names in `tsvisor/options`, and the values that reach the core. */
interface ValueTypes {
  readonly boolean: boolean;
  readonly count: number;
  readonly directoryPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly integer: number;
  readonly octalMode: number;
  readonly programCommand: string;
  readonly signal: NodeJS.Signals;
  readonly stringList: readonly string[];
  readonly text: string;
  readonly userName: UserIdentity;
}

export type CoreType = keyof ValueTypes;

/** An option as any other (`option.ts`), but for its schema: the core reads no texts. */
interface CoreOption<Type extends CoreType> {
  readonly type: Type;
  readonly default: ValueTypes[Type] | undefined;
  readonly change: Change;
  readonly required?: boolean;
  readonly secret?: boolean;
  readonly description: string;
}

export type CoreTable = Readonly<Record<string, { [Type in CoreType]: CoreOption<Type> }[CoreType]>>;

/** The values of a table. What has no default, and is not required, may be missing. */
export type CoreValues<Table extends CoreTable> = {
  readonly [Name in keyof Table]:
    | ValueTypes[Table[Name]['type']]
    | (Table[Name] extends { readonly required: true } ? never : Extract<Table[Name]['default'], undefined>);
};
