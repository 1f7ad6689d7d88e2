/**
 * What the core supervises. Everything here is resolved: no templates, no texts to interpret, no files. Plugins
 * (`config`, `supervisord-conf`) read and check a configuration; a program that embeds the core builds these records
 * itself with {@link processConfig}.
 *
 * Option names and their meaning are Supervisor's.
 */

import { tsvError } from './errors.ts';
import { PROCESS_OPTIONS, type CoreTable, type CoreValues } from './options.ts';

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
