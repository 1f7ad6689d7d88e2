import { dirname } from 'node:path';

import { supervisorConfig } from '../../../core/index.ts';
import type { ProcessConfig, ReadSection, Resolution, SupervisorConfig } from '../../../core/index.ts';
import { environmentScope, hereScopes } from './context.ts';
import type { Context, Host, HostPath } from './context.ts';
import type { Document, Section } from '../document.ts';
import { deepFreeze } from './freeze.ts';
import type { HostProgram } from './host-programs.ts';
import { resolveGroups } from './groups.ts';
import type { Problem } from '../problem.ts';
import { absolutePath } from '../find/paths.ts';
import { looseSeverity, Reporter } from '../options/reporter.ts';
import { resolveRpcInterfaces } from './rpc-interfaces.ts';
import { SectionReader } from '../options/section-reader.ts';
import { resolveSupervisord } from './supervisord.ts';
import type { Overrides } from './supervisord.ts';
import type { Tables } from '../options/tables.ts';
import { lookUp } from './users.ts';

/** A document with everything expanded, checked and looked up. */
export interface Resolved {
  /** Deeply frozen. With problems among its {@link Resolved.problems} it is as good as can be and must not be run. */
  readonly config: SupervisorConfig;
  readonly problems: readonly Problem[];
  /** What this machine lacks: users and groups. `checkHost` adds folders. */
  readonly hostProblems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly included: readonly string[];
  /** Paths that have to exist where the configuration is run; see `checkHost`. */
  readonly paths: readonly HostPath[];
  /** Programs that have to start there; see `checkPrograms`. */
  readonly programs: readonly HostProgram[];
  /** Absolute: what the daemon writes into. Those of the user's own are made before it starts. */
  readonly folders: readonly string[];
  /** What it was read with. */
  readonly tables: Tables;
}

/** Turns what is written into what is run. Reports all problems at once. */
export function resolve(document: Document, tables: Tables, host: Host, overrides: Overrides = {}): Resolved {
  const reporter = new Reporter(document);
  const sections = withoutNameless(document.sections, tables, reporter);
  const context: Context = {
    host,
    tables,
    reporter,
    paths: [],
    programs: [],
    hereOf: hereScopes(),
    scopes: [new Map([['host_node_name', host.hostName]]), environmentScope(host.env)],
  };
  const main = supervisordSection(document, reporter);
  const { settings: supervisord, given } = resolveSupervisord(main, overrides, context);
  // What [supervisord] puts into the environment is there for every expansion in the other sections.
  const inner: Context = { ...context, scopes: [environmentScope(supervisord.environment), ...context.scopes] };
  const rpcInterfaces = resolveRpcInterfaces(sections, inner);
  const withCommonVariables = (process: ProcessConfig): ProcessConfig => ({
    ...process,
    environment: { ...supervisord.environment, ...process.environment },
  });
  const groups = resolveGroups(sections, inner).map((group) => ({
    ...group,
    processes: group.processes.map(withCommonVariables),
  }));
  const resolutions = resolveByPlugins(
    sections,
    { kind: SUPERVISORD, title: SUPERVISORD, format: main.format, values: supervisord, given },
    document.format,
    inner,
  );
  const others = resolveOtherSections(sections, inner);
  const { [SUPERVISORD]: _, ...own } = Object.assign({}, ...resolutions.map((resolution) => resolution.sections));
  const config = supervisorConfig({
    identifier: supervisord.identifier,
    serverurl: resolutions.find(({ serverurl }) => serverurl !== undefined)?.serverurl,
    groups,
    sections: {
      ...others,
      [SUPERVISORD]: Object.assign({}, supervisord, ...resolutions.map(({ sections: made }) => made[SUPERVISORD])),
      ...own,
      rpc: { interfaces: rpcInterfaces },
    },
  });
  const problems = unique(reporter.problems);
  const errors = problems.filter(({ severity }) => severity === 'error');
  // A file that cannot be read leaves nothing whose form could be right.
  const lacking = errors.filter((problem) => problem.kind === 'host' && problem.section !== undefined);
  return {
    config: deepFreeze(config),
    problems: errors.filter((problem) => !lacking.includes(problem)),
    hostProblems: lacking,
    warnings: problems.filter(({ severity }) => severity === 'warning'),
    included: document.included,
    paths: unique(context.paths),
    programs: context.programs.map((program) => ({
      ...program,
      processes: program.processes.map(withCommonVariables),
    })),
    folders: [dirname(supervisord.pidfile), ...resolutions.flatMap(({ folders = [] }) => folders)],
    tables,
  };
}

const SUPERVISORD = 'supervisord';

/** Supervisor wants the section, even if it is empty; a native configuration may leave it out. */
function supervisordSection(document: Document, reporter: Reporter): Section {
  const section = document.sections.find(({ title }) => title === SUPERVISORD);
  if (section !== undefined) return section;
  if (document.format === 'supervisord.conf' && !reporter.hasErrors) {
    reporter.file({ file: document.file }, 'there is no supervisord section; add a line [supervisord]');
  }
  return {
    title: SUPERVISORD,
    kind: SUPERVISORD,
    name: undefined,
    format: document.format,
    at: { file: document.file },
    options: new Map(),
  };
}

/** Kinds that are the core's or of the format of supervisord.conf, and are read elsewhere. */
const CORE_KINDS: readonly string[] = [SUPERVISORD, 'include', 'rpcinterface', 'ctlplugin', 'group'];

/** Supervisor takes `[program]` for a section that it does not know. */
function withoutNameless(sections: readonly Section[], tables: Tables, reporter: Reporter): readonly Section[] {
  const named = new Set([...tables.namedKinds.values(), 'ctlplugin']);
  return sections.filter((section) => {
    if (section.name !== undefined || !named.has(section.kind)) return true;
    reporter.section(section, `has no name, and is ignored; write [${section.kind}:NAME]`, { severity: 'warning' });
    return false;
  });
}

/** Kinds of sections that a plugin resolves itself, besides `supervisord`. */
function ownKinds({ resolve: own, sections = {} }: Tables['plugins'][number], { programKinds }: Tables): string[] {
  if (own === undefined) return [];
  return Object.keys(sections).filter((kind) => !CORE_KINDS.includes(kind) && !programKinds.has(kind));
}

/** What the plugins that have a `resolve` make of their sections. */
function resolveByPlugins(
  sections: readonly Section[],
  supervisord: ReadSection,
  format: Document['format'],
  context: Context,
): readonly Resolution[] {
  const { env, cwd, folders } = context.host;
  const host = { format, env, folders, absolute: (path: string) => absolutePath(path, cwd, env) };
  return context.tables.plugins.flatMap((plugin) => {
    const own = ownKinds(plugin, context.tables).flatMap((kind) => sections.filter((section) => section.kind === kind));
    const read = own.map((section) => ({
      kind: section.kind,
      title: section.title,
      format: section.format,
      values: readSection(section, context),
      given: new Set(section.options.keys()),
    }));
    return plugin.resolve?.([supervisord, ...read], host) ?? [];
  });
}

function readSection(section: Section, context: Context): Readonly<Record<string, unknown>> {
  const reader = new SectionReader(section, context.tables.optionsOf(section.kind) ?? new Map(), context);
  reader.checkNames();
  const values = reader.readAll('section', []);
  reader.check(values);
  return lookUp(section, values, context);
}

/** The sections that plugins bring, by title; and what is said about those that nobody knows. */
function resolveOtherSections(
  sections: readonly Section[],
  context: Context,
): Record<string, Readonly<Record<string, unknown>>> {
  const values = new Map<string, Readonly<Record<string, unknown>>>();
  const { plugins, programKinds } = context.tables;
  const elsewhere = new Set([
    ...CORE_KINDS,
    ...programKinds.keys(),
    ...plugins.flatMap((plugin) => ownKinds(plugin, context.tables)),
  ]);
  for (const section of sections) {
    const known = context.tables.optionsOf(section.kind);
    if (section.kind === 'ctlplugin') {
      const message =
        'names Python code for supervisorctl, which tsvctl cannot run; it calls the methods of plugins: tsvctl call METHOD';
      context.reporter.section(section, message, { severity: 'warning' });
    } else if (known === undefined) {
      reportUnknownSection(section, context);
    } else if (section.kind === 'supervisorctl') {
      const reader = new SectionReader(section, known, context);
      reader.checkNames();
      // What is not given the client finds out by itself. In a supervisord.conf it reads the section alone.
      if (section.format === 'native')
        values.set(section.title, Object.fromEntries([...reader.given].map((name) => [name, reader.read(name, [])])));
    } else if (!elsewhere.has(section.kind)) {
      values.set(section.title, readSection(section, context));
    }
  }
  return Object.fromEntries(values);
}

function reportUnknownSection(section: Section, { tables, reporter }: Context): void {
  const owner = tables.disabledOwner(section.kind);
  if (owner !== undefined) {
    reporter.section(section, `belongs to plugin ${owner}, which is not enabled; add it to plugins`);
  } else if (!CORE_KINDS.includes(section.kind)) {
    const isIgnored = looseSeverity(section) === 'warning';
    reporter.section(section, `unknown section${isIgnored ? ', ignored' : ''}`, {
      severity: looseSeverity(section),
      typo: section.kind,
      known: new Set([
        ...tables.kinds,
        ...CORE_KINDS,
        ...tables.shipped.flatMap(({ sections = {} }) => Object.keys(sections)),
      ]),
    });
  }
}

/** A program may be a member of two groups, and a file may include itself; what is wrong is told once. */
function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
