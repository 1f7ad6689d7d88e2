import type { UserIdentity } from '../../../core/index.ts';
import { join } from 'node:path';

import type { Context } from './context.ts';
import type { SupervisordValues } from '../options/tables.ts';
import type { OptionEntry, Section } from '../document.ts';
import { absolutePath } from '../find/paths.ts';
import { SectionReader } from '../options/section-reader.ts';
import { lookUp } from './users.ts';

/**
 * `config.sections.supervisord`: the core's options and those of the enabled plugins, with paths made absolute and the user looked up.
 * Options of plugins are there under their names (`logfile`, `loglevel`, …); read them with the plugin's table.
 */
export type SupervisordSettings = Readonly<Record<string, unknown>> &
  Omit<SupervisordValues, 'user'> & { readonly user: UserIdentity | undefined };

/** Options that the command line sets, by their names in `[supervisord]`, as text or typed. */
export type Overrides = Readonly<Record<string, unknown>>;

const COMMAND_LINE = 'command line';

/**
 * The section with what the command line says instead, and which options are given. Names of expansions in the file are `here`,
 * `host_node_name` and `ENV_…`.
 */
export function resolveSupervisord(
  section: Section,
  overrides: Overrides,
  context: Context,
): { readonly settings: SupervisordSettings; readonly given: ReadonlySet<string> } {
  const known = context.tables.optionsOf('supervisord') ?? new Map();
  const overridden = commandLineSection(section, overrides);
  new SectionReader(section, known, context).checkNames();
  new SectionReader(overriddenPart(section, overrides), known, context).readAll('core', []);
  const reader = new SectionReader(overridden, known, context);
  const read = { ...reader.readAll('core', []), ...reader.readAll('section', []) };
  reader.check(read);
  // What came out of the schemas of the tables that this type is inferred from, with the user looked up.
  const values = lookUp(overridden, read, context) as SupervisordSettings;
  const settings = { ...values, pidfile: pidfile(overridden, values.pidfile, context) };
  return { settings, given: new Set(overridden.options.keys()) };
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

/** Where the pidfile lies: in a native configuration of a user that does not place it, in a folder of that user's. */
function pidfile({ format, options }: Section, path: string, { host: { cwd, env, folders } }: Context): string {
  const isPlaced = format !== 'native' || folders === undefined || options.has('pidfile');
  return isPlaced ? absolutePath(path, cwd, env) : join(folders.runtime, 'tsvd.pid');
}
