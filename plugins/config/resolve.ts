import { supervisorConfig } from '../../core/index.ts';
import type { ProcessConfig, SupervisorConfig } from '../../core/index.ts';
import { environmentScope, hereScopes } from './context.ts';
import type { Context, Host, HostPath } from './context.ts';
import type { Document, Section } from './document.ts';
import { deepFreeze } from './freeze.ts';
import type { HostProgram } from './host-programs.ts';
import { NAMED_KINDS } from './native.ts';
import { resolveGroups } from './groups.ts';
import type { Problem } from './problem.ts';
import { looseSeverity, Reporter } from './reporter.ts';
import { resolveRpcInterfaces } from './rpc-interfaces.ts';
import { SectionReader } from './section-reader.ts';
import { resolveServers, serverUrl } from './servers.ts';
import { resolveSupervisord } from './supervisord.ts';
import type { Overrides } from './supervisord.ts';
import { tablesOf } from './tables.ts';
import type { NamedPluginOptions } from './tables.ts';

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
}

/** Turns what is written into what is run, with the options of these plugins known. Reports all problems at once. */
export function resolve(
  document: Document,
  plugins: readonly NamedPluginOptions[],
  host: Host,
  overrides: Overrides = {},
): Resolved {
  const reporter = new Reporter(document);
  const sections = withoutNameless(document.sections, reporter);
  const context: Context = {
    host,
    tables: tablesOf(plugins),
    reporter,
    paths: [],
    programs: [],
    hereOf: hereScopes(),
    scopes: [new Map([['host_node_name', host.hostName]]), environmentScope(host.env)],
  };
  const supervisord = resolveSupervisord(supervisordSection(document, reporter), overrides, context);
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
  const servers = resolveServers(document, inner);
  const others = resolveOtherSections(sections, inner);
  const config = supervisorConfig({
    identifier: supervisord.identifier,
    serverurl: serverUrl(servers),
    groups,
    sections: { ...others, supervisord, http: { servers }, rpc: { interfaces: rpcInterfaces } },
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

/** Kinds that have been read elsewhere, or that only Supervisor's client reads. */
const HANDLED = new Set([
  SUPERVISORD,
  'include',
  'rpcinterface',
  'ctlplugin',
  'program',
  'group',
  'eventlistener',
  'fcgi-program',
  'unix_http_server',
  'inet_http_server',
]);

/** Kinds of which there is one for each name. */
const NAMED = new Set([...NAMED_KINDS.values(), 'ctlplugin']);

/** Supervisor takes `[program]` for a section that it does not know. */
function withoutNameless(sections: readonly Section[], reporter: Reporter): readonly Section[] {
  return sections.filter((section) => {
    if (section.name !== undefined || !NAMED.has(section.kind)) return true;
    reporter.section(section, `has no name, and is ignored; write [${section.kind}:NAME]`, { severity: 'warning' });
    return false;
  });
}

/** The sections that plugins bring, by title; and what is said about those that nobody knows. */
function resolveOtherSections(
  sections: readonly Section[],
  context: Context,
): Record<string, Readonly<Record<string, unknown>>> {
  const values = new Map<string, Readonly<Record<string, unknown>>>();
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
    } else if (!HANDLED.has(section.kind)) {
      const reader = new SectionReader(section, known, context);
      reader.checkNames();
      const read = reader.readAll('section', []);
      reader.check(read);
      values.set(section.title, read);
    }
  }
  return Object.fromEntries(values);
}

function reportUnknownSection(section: Section, { tables, reporter }: Context): void {
  const owner = tables.disabledOwner(section.kind);
  if (owner !== undefined) {
    reporter.section(section, `belongs to plugin ${owner}, which is not enabled; add it to plugins`);
  } else if (!HANDLED.has(section.kind)) {
    const isIgnored = looseSeverity(section) === 'warning';
    reporter.section(section, `unknown section${isIgnored ? ', ignored' : ''}`, {
      severity: looseSeverity(section),
      typo: section.kind,
      known: new Set([...tables.kinds, ...HANDLED]),
    });
  }
}

/** A program may be a member of two groups, and a file may include itself; what is wrong is told once. */
function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
