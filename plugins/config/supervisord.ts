import type { UserIdentity } from '../../core/index.ts';
import { join } from 'node:path';

import type { Context } from './context.ts';
import type { SupervisordValues } from './core-options.ts';
import type { OptionEntry, Section } from './document.ts';
import { absolutePath } from './paths.ts';
import { findUser } from './programs.ts';
import { SectionReader } from './section-reader.ts';

/**
 * `config.sections.supervisord`: the core's options and those of the enabled plugins, with paths made absolute and the user looked up.
 * Options of plugins are there under their names (`logfile`, `loglevel`, …); read them with the plugin's table.
 */
export type SupervisordSettings = Readonly<Record<string, unknown>> &
  Omit<SupervisordValues, 'user'> & { readonly user: UserIdentity | undefined };

/** Options that the command line sets, by their names in `[supervisord]`, as text or typed. */
export type Overrides = Readonly<Record<string, unknown>>;

const COMMAND_LINE = 'command line';

/** The section with what the command line says instead. Names of expansions in the file are `here`, `host_node_name` and `ENV_…`. */
export function resolveSupervisord(section: Section, overrides: Overrides, context: Context): SupervisordSettings {
  const known = context.tables.optionsOf('supervisord') ?? new Map();
  const overridden = commandLineSection(section, overrides);
  new SectionReader(section, known, context).checkNames();
  new SectionReader(overriddenPart(section, overrides), known, context).readAll('core', []);
  const reader = new SectionReader(overridden, known, context);
  const read = { ...reader.readAll('core', []), ...reader.readAll('section', []) };
  reader.check(read);
  // What came out of the schemas of the tables that this type is inferred from.
  const values = read as Readonly<Record<string, unknown>> & SupervisordValues;
  return {
    ...values,
    ...daemonPaths(values, context),
    ...ownPlaces(overridden, values, context),
    user: findUser(overridden, values.user, context),
  };
}

/** What the command line replaces still has to be readable, as under Supervisor. */
function overriddenPart(section: Section, overrides: Overrides): Section {
  const options = [...section.options].filter(([name]) => overrides[name] !== undefined);
  return { ...section, options: new Map(options) };
}

/** On the command line a percent sign is one; doubling it keeps it from being expanded. */
function commandLineSection(section: Section, overrides: Overrides): Section {
  const given = Object.entries(overrides).flatMap(([name, value]): [string, OptionEntry][] =>
    value === undefined
      ? []
      : [
          [
            name,
            { value: typeof value === 'string' ? value.replaceAll('%', '%%') : value, at: { file: COMMAND_LINE } },
          ],
        ],
  );
  return { ...section, options: new Map([...section.options, ...given]) };
}

/** The word `syslog` is a destination, not a file. */
const SYSLOG = 'syslog';

function daemonPaths(
  values: Readonly<Record<string, unknown>>,
  { host: { cwd, env } }: Context,
): Record<string, unknown> {
  const absolute = (name: string) => {
    const path = values[name];
    return typeof path === 'string' && path !== SYSLOG ? { [name]: absolutePath(path, cwd, env) } : {};
  };
  const hasChildLogs = Object.hasOwn(values, 'childlogdir');
  return {
    ...absolute('logfile'),
    ...absolute('pidfile'),
    ...(hasChildLogs && { childlogdir: values['childlogdir'] ?? temporaryFolder(env) }),
  };
}

/** In a native configuration of a user, what is not placed lies in that user's folders, and not wherever the daemon was started. */
function ownPlaces(
  { format, options }: Section,
  values: Readonly<Record<string, unknown>>,
  { host: { folders } }: Context,
): Record<string, string> {
  if (format !== 'native' || folders === undefined) return {};
  const places = {
    logfile: join(folders.state, 'tsvd.log'),
    pidfile: join(folders.runtime, 'tsvd.pid'),
    childlogdir: folders.state,
  };
  return Object.fromEntries(
    Object.entries(places).filter(([name]) => Object.hasOwn(values, name) && !options.has(name)),
  );
}

/** Where Python's tempfile module looks, without trying whether a file can be made there. */
function temporaryFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env['TMPDIR'] ?? env['TEMP'] ?? env['TMP'] ?? '/tmp';
}
