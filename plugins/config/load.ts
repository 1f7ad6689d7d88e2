import { hostname } from 'node:os';
import { dirname, isAbsolute, join, resolve as resolvePath } from 'node:path';

import type { Declaration, Plugin, SupervisorConfig, UserIdentity } from '../../core/index.ts';
import type { Host } from './resolve/context.ts';
import { open, search } from './find/discover.ts';
import type { Found } from './find/discover.ts';
import { isNative } from './find/find.ts';
import type { Document, Section } from './document.ts';
import { CONFIG_ERRORS } from './errors.ts';
import { installation, otherCopies } from './native/installation.ts';
import { includePatterns, nativeDocument } from './native/native.ts';
import { showValue } from './problem.ts';
import type { Problem } from './problem.ts';
import { resolve } from './resolve/resolve.ts';
import type { Resolved } from './resolve/resolve.ts';
import type { Overrides } from './resolve/supervisord.ts';
import { userFolders } from './find/user-folders.ts';
import { tablesOf, type Tables } from './options/tables.ts';
import { openUserDatabase } from './resolve/user-database.ts';
import type { UserDatabase } from './resolve/user-database.ts';

export interface LoadOptions {
  /** The file to read; searched for where it is not given. */
  readonly file?: string;
  /** Default: the working directory. */
  readonly cwd?: string;
  /** Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The plugins of a supervisord.conf, and of a native configuration that lists none. */
  readonly plugins: (format: Document['format']) => readonly Plugin[] | Promise<readonly Plugin[]>;
  /** The plugins that ship: those that a message may name as the ones to enable. */
  readonly shipped?: readonly Declaration[];
  /** `[supervisord]` options that win over the file's, from the command line. */
  readonly overrides?: Overrides;
  /** For tests: another machine. */
  readonly hostName?: string;
  readonly uid?: number;
  readonly users?: UserDatabase;
  /** Looks for what could be better, in a configuration without errors. */
  readonly findHints?: (sections: readonly Section[], resolved: Resolved, uid: number) => Promise<readonly Problem[]>;
  /** Path of the program that was started. Supervisor looks for its configuration in the folder above. */
  readonly program?: string;
}

/** A configuration that was read. It may be run when it has no {@link Resolved.problems} and `checkHost` finds none. */
export interface Loaded extends Resolved {
  /** Absolute; empty where none was found. */
  readonly file: string;
  readonly plugins: readonly Plugin[];
  /** Whom the daemon becomes; `undefined` where it stays who it is. */
  readonly user: UserIdentity | undefined;
  readonly cwd: string;
  /** Folders of the user's own that the daemon has to make before it starts. */
  readonly foldersToMake: readonly string[];
  /** What could be better, where that was asked for and nothing is wrong. They change nothing. */
  readonly hints: readonly Problem[];
}

/**
 * Finds, reads and checks a configuration, in whatever format. Nothing in it is carried out, except that a configuration which is code
 * runs. What is wrong is among the problems; this rejects only when `plugins` does.
 */
export async function loadConfiguration(options: LoadOptions): Promise<Loaded> {
  const { document, plugins, tables, host } = await readConfiguration(options);
  let resolved = resolve(document, tables, host, options.overrides);
  // The files of this machine knew everybody that is named, as a rule.
  if (await host.users.askForMissing()) resolved = resolve(document, tables, host, options.overrides);
  // Of a configuration with errors not even the words are certain.
  const hints = resolved.problems.length > 0 ? [] : await options.findHints?.(document.sections, resolved, host.uid);
  return {
    ...resolved,
    file: document.file,
    plugins,
    user: userOf(resolved.config),
    cwd: host.cwd,
    hints: hints ?? [],
    foldersToMake: foldersToMake(resolved, host),
  };
}

/** A configuration as it is written. */
export interface ReadConfiguration {
  readonly document: Document;
  readonly plugins: readonly Plugin[];
  readonly tables: Tables;
  /** Whether the file itself says which plugins. */
  readonly listsPlugins: boolean;
  readonly host: Host;
}

/** The first half of {@link loadConfiguration}: finds and reads, and does not judge what options say. */
export async function readConfiguration(options: LoadOptions): Promise<ReadConfiguration> {
  const { cwd = process.cwd(), env = process.env, hostName = hostname(), uid = process.getuid?.() ?? -1 } = options;
  const users = options.users ?? (await openUserDatabase());
  const host: Host = { env, cwd, hostName, uid, users, folders: userFolders(env, uid) };
  const found = await find(options, cwd, uid);
  const { list: plugins, problems } = await pluginsOf(found, options);
  const tables = tablesOf(plugins, options.shipped);
  const document = await read(found, tables, host);
  const listsPlugins = found.kind === 'native' && exportedPlugins(found.exported) !== undefined;
  return {
    document: { ...document, problems: [...document.problems, ...problems] },
    plugins,
    tables,
    listsPlugins,
    host,
  };
}

/** Those of the user's folders that the configuration has come to use. */
function foldersToMake({ folders: used }: Resolved, { folders }: Host): string[] {
  if (folders === undefined) return [];
  return [...new Set([folders.runtime, folders.state])].filter((folder) => used.includes(folder));
}

function find({ file, program = process.argv[1] ?? '' }: LoadOptions, cwd: string, uid: number): Promise<Found> {
  return file === undefined ? search({ cwd, program }, uid) : open(resolvePath(cwd, file), uid);
}

async function read(found: Found, tables: Tables, host: Host): Promise<Document> {
  switch (found.kind) {
    case 'refused':
      return refused(found);
    case 'supervisord.conf': {
      const document = await readConf(found.file, tables, host);
      return { ...document, problems: [...found.warnings, ...document.problems] };
    }
    case 'native': {
      const document = await readNative(found, tables, host);
      return { ...document, problems: [...document.problems, ...twoCopies(found.file)] };
    }
  }
}

/** Of a file that cannot be read. */
function refused({ file, problems }: Found & { kind: 'refused' }): Document {
  return { file, format: 'native', sections: [], included: [], problems };
}

/** The reader is loaded when there is something to read. */
async function readConf(file: string, tables: Tables, { env, hostName, uid }: Host): Promise<Document> {
  const { readSupervisordConf } = await import('./read-supervisord-conf.ts');
  return readSupervisordConf(file, { env, hostName, uid, tables });
}

/** Asked when all code has run. */
function twoCopies(file: string): Problem[] {
  const others = otherCopies();
  if (others.length === 0) return [];
  const message = CONFIG_ERRORS.TSV_CONFIG_TWO_COPIES(installation, others);
  return [{ severity: 'warning', level: 'CRIT', kind: 'host', code: 'TSV_CONFIG_TWO_COPIES', file, message }];
}

interface EnabledPlugins {
  readonly list: readonly Plugin[];
  /** Why the list of the file is none. */
  readonly problems: readonly Problem[];
}

async function pluginsOf(found: Found, options: LoadOptions): Promise<EnabledPlugins> {
  if (found.kind === 'refused') return { list: [], problems: [] };
  const given = found.kind === 'native' ? exportedPlugins(found.exported) : undefined;
  if (given === undefined) return { list: await options.plugins(found.kind), problems: [] };
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const wrong = list.find((plugin) => !isPlugin(plugin));
  if (wrong === undefined) return { list: list.filter(isPlugin), problems: [] };
  const about = {
    severity: 'error',
    kind: 'form',
    code: 'TSV_CONFIG_PLUGIN',
    file: found.file,
    path: 'plugins',
  } as const;
  return { list: [], problems: [{ ...about, message: CONFIG_ERRORS.TSV_CONFIG_PLUGIN(showValue(wrong)) }] };
}

function exportedPlugins(exported: unknown): unknown {
  return typeof exported === 'object' && exported !== null && 'plugins' in exported ? exported.plugins : undefined;
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && typeof value.name === 'string' && 'apply' in value && typeof value.apply === 'function';
}

/** The document of a native configuration and of the files that it includes, in any format. */
async function readNative(
  { file, exported }: Found & { kind: 'native' },
  tables: Tables,
  host: Host,
): Promise<Document> {
  const main = nativeDocument(file, exported, tables);
  const files = await includedFiles(file, includePatterns(exported));
  const parts = await Promise.all(files.map((included) => readIncluded(included, tables, host)));
  return mergeDocuments(main, files, parts);
}

async function includedFiles(file: string, patterns: readonly string[]): Promise<string[]> {
  if (patterns.length === 0) return [];
  const { glob } = await import('./supervisord-conf/index.ts');
  const matches = await Promise.all(
    patterns.map((pattern) => glob(isAbsolute(pattern) ? pattern : join(dirname(file), pattern))),
  );
  return [...new Set(matches.flat())].filter((match) => match !== file);
}

async function readIncluded(file: string, tables: Tables, host: Host): Promise<Document> {
  if (!isNative(file)) return readConf(file, tables, host);
  const found = await open(file, host.uid);
  if (found.kind === 'native') return nativeDocument(file, found.exported, tables);
  return refused(found.kind === 'refused' ? found : { kind: 'refused', file, problems: [] });
}

/** Two files that define the same section are a mistake: which of them wins would depend on their names. */
function mergeDocuments(main: Document, included: readonly string[], parts: readonly Document[]): Document {
  const byTitle = new Map<string, Section>();
  const problems: Problem[] = [];
  for (const section of [main, ...parts].flatMap(({ sections }) => sections)) {
    const first = byTitle.get(section.title);
    if (first === undefined) byTitle.set(section.title, section);
    else problems.push(defined(section, first));
  }
  return {
    ...main,
    sections: [...byTitle.values()],
    included,
    problems: [...[main, ...parts].flatMap((document) => document.problems), ...problems],
  };
}

function defined({ at, title }: Section, first: Section): Problem {
  const where = first.at.line === undefined ? first.at.file : `${first.at.file}:${first.at.line}`;
  return { severity: 'error', kind: 'form', ...at, section: title, message: `already defined in ${where}` };
}

function userOf({ sections }: SupervisorConfig): UserIdentity | undefined {
  const user = sections['supervisord']?.['user'];
  return isIdentity(user) ? user : undefined;
}

function isIdentity(value: unknown): value is UserIdentity {
  return typeof value === 'object' && value !== null && 'uid' in value;
}
