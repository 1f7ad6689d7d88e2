import { dirname } from 'node:path';

import type { Scope } from '../../../core/index.ts';
import type { HostProgram } from './host-programs.ts';
import type { Place } from '../document.ts';
import type { Reporter } from '../options/reporter.ts';
import type { PathNeed } from '../option-types/path-need.ts';
import type { Tables } from '../options/tables.ts';
import type { UserDatabase } from './user-database.ts';
import type { UserFolders } from '../find/user-folders.ts';

/** What a configuration is resolved against. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths of the daemon's own files are against it. */
  readonly cwd: string;
  readonly hostName: string;
  /** The user id that the daemon runs with. */
  readonly uid: number;
  readonly users: UserDatabase;
  /** For what a native configuration does not place; absent for root. */
  readonly folders?: UserFolders | undefined;
}

/** A path in the configuration, and what it needs of this machine. */
export interface HostPath {
  readonly path: string;
  readonly need: PathNeed;
  readonly at: Place;
  readonly section: string;
  readonly option: string;
}

/** What all steps of resolving share. */
export interface Context {
  readonly host: Host;
  readonly tables: Tables;
  readonly reporter: Reporter;
  readonly paths: HostPath[];
  readonly programs: HostProgram[];
  /** ENV_ names and host_node_name; what `[supervisord]` sets comes first. */
  readonly scopes: readonly Scope[];
  /** `here`: the folder of the file that an option stands in. */
  readonly hereOf: (at: Place) => Scope;
}

/** The environment as `%(ENV_NAME)s` names it. */
export function environmentScope(env: Readonly<Record<string, string | undefined>>): Scope {
  return new Map(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[`ENV_${name}`, value]])));
}

/** One scope for each folder, however many options stand in its files. */
export function hereScopes(): (at: Place) => Scope {
  const byFile = new Map<string, Scope>();
  return ({ file }) => {
    const known = byFile.get(file) ?? new Map([['here', dirname(file)]]);
    byFile.set(file, known);
    return known;
  };
}
