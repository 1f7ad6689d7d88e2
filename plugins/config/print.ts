import { withoutCredentials } from '../../core/index.ts';
import type { GroupConfig, ProcessConfig, SupervisorConfig } from '../../core/index.ts';
import { withoutOwnDefaults } from './options/own-options.ts';
import { printProblem } from './problem.ts';
import type { Problem } from './problem.ts';
import { byPriority } from './resolve/groups.ts';
import type { Resolved } from './resolve/resolve.ts';
import type { Tables } from './options/tables.ts';

/**
 * The JSON of `tsvd --check --json`: a configuration as it is in effect, in the words and units of supervisord.conf. Sizes are bytes, times
 * seconds, modes octal texts without a leading zero, `null` is "not set". Groups and processes are by priority and name. Passwords are
 * masked, and so are the values of environments. With errors it is `{ error, at: { section, option }, problems }` instead, about the first error and all of them.
 */
export function printConfiguration(
  resolved: Pick<Resolved, 'config' | 'problems' | 'warnings' | 'tables'> & { readonly hints?: readonly Problem[] },
): Record<string, unknown> {
  const [first] = resolved.problems;
  if (first !== undefined)
    return { error: printProblem(first), ...whereOf(first), problems: resolved.problems.map(describeProblem) };
  const { config, warnings, hints, tables } = resolved;
  return {
    ...describeConfig(config, tables),
    warnings: warnings.map(printProblem),
    ...(hints !== undefined && { hints: hints.map(describeProblem) }),
  };
}

/** The mask that stands for a password, and for whatever an environment holds. */
export const MASK = '********';

function whereOf({ section, option }: Problem): Record<string, unknown> {
  return section === undefined ? {} : { at: { section, ...(option !== undefined && { option }) } };
}

function describeProblem(problem: Problem): Record<string, unknown> {
  return { ...problem, text: printProblem(problem) };
}

/** The same without the list of warnings, for a configuration known to be right. */
function describeConfig(config: SupervisorConfig, tables: Tables): Record<string, unknown> {
  const { plugins, shipped } = tables;
  return {
    supervisord: describeSupervisord(config, tables),
    // Those of plugins that are not enabled say that there is nothing.
    ...Object.assign({}, ...[...shipped, ...plugins].map(({ print }) => print?.(config))),
    rpcinterfaces: config.sections['rpc']?.['interfaces'] ?? [],
    groups: config.groups.toSorted(byPriority).map((group) => describeGroup(group, tables)),
  };
}

const OCTAL = new Set(['umask']);

function describeSupervisord({ sections, serverurl }: SupervisorConfig, tables: Tables): Record<string, unknown> {
  const entries = Object.entries(withoutOwnDefaults('supervisord', sections['supervisord'] ?? {}, tables)).map(
    ([name, value]) => [name, OCTAL.has(name) ? octal(value) : name === 'user' ? userName(value) : orNull(value)],
  );
  const settings = Object.fromEntries(entries);
  return { ...settings, environment: masked(settings['environment']), serverurl: orNull(serverurl) };
}

function describeGroup(group: GroupConfig, tables: Tables): Record<string, unknown> {
  const { name, kind, priority, processes, options } = group;
  const print = [...tables.programKinds.values()].find((known) => known.group === kind)?.print;
  return {
    name,
    type: kind,
    priority,
    ...(print?.(options) ?? options),
    processes: processes.toSorted(byPriority).map((process) => describeProcess(process, tables)),
  };
}

function describeProcess(process: ProcessConfig, tables: Tables): Record<string, unknown> {
  const { program: _, options, umask, user, stopsignal, ...rest } = process;
  const core = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, orNull(value)]));
  return {
    ...core,
    umask: octal(umask),
    environment: masked(process.environment),
    user: userName(user),
    directory: orNull(process.directory),
    serverurl: orNull(process.serverurl && withoutCredentials(process.serverurl)),
    stopsignal: stopsignal.slice('SIG'.length),
    ...withoutOwnDefaults('program', options, tables),
    ...describeLog('stdout', options),
    ...describeLog('stderr', options),
  };
}

/** As a path, `AUTO` or null; `syslog` as the pair of options that it is short for. */
function describeLog(stream: 'stdout' | 'stderr', options: ProcessConfig['options']): Record<string, unknown> {
  const name = `${stream}_logfile`;
  const log = options[name];
  if (typeof log !== 'object' || log === null || !('kind' in log)) return {};
  const isRedirected = stream === 'stderr' && options['redirect_stderr'] === true;
  const isSyslog = log.kind === 'syslog';
  const path = 'path' in log ? log.path : log.kind === 'auto' ? 'AUTO' : null;
  return { [name]: isRedirected ? null : path, ...(isSyslog && { [`${stream}_syslog`]: true }) };
}

/** The names of variables tell what is set; the values are half of the world's passwords. */
function masked(environment: unknown): Record<string, string> {
  const names = typeof environment === 'object' && environment !== null ? Object.keys(environment) : [];
  return Object.fromEntries(names.map((name) => [name, MASK]));
}

function orNull(value: unknown): unknown {
  return value === undefined ? null : value;
}

function octal(value: unknown): string | null {
  return typeof value === 'number' ? value.toString(8) : null;
}

function userName(user: unknown): unknown {
  return typeof user === 'object' && user !== null && 'name' in user ? user.name : null;
}
