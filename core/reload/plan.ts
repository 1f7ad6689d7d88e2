import type { GroupConfig, ProcessConfig, SupervisorConfig } from '../config.ts';
import type { Change } from '../option.ts';
import { CORE_CHANGES, type ChangeTables, type Treatment } from './change-tables.ts';
import { comparedUser, compareGroups, type Reload } from './compare.ts';
import type { Equal } from './equal.ts';

/**
 * What a new configuration would change, process by process, with the reason: a pure comparison of two configurations.
 *
 * - A process is identified by its group and name. One that is in both with equal options is not in the plan, whatever
 *   happens to other members of its group.
 * - Each changed option has a `change` that says when it takes effect. If any needs a restart, the process is
 *   restarted. Otherwise it is reconfigured in place, and the changes take effect at once or at the next start.
 * - A process that is down, and would stay down if the daemon were started now, is not restarted. Its new configuration
 *   applies at its next start.
 * - A group whose own options need a restart (the events of a pool, the socket of a fcgi-program) is replaced as a
 *   whole.
 */
export interface ReloadPlan {
  /** By group, as Supervisor's `reread` reports it. */
  readonly groups: Reload;
  /** Every process that changes, in the order of groups and their members; removals first. */
  readonly processes: readonly PlannedProcess[];
  /** Groups whose own options changed. */
  readonly groupOptions: readonly PlannedGroup[];
  /** Changes that need a restart of the daemon. An update does not apply them. */
  readonly daemon: readonly SectionChange[];
  /** The number of unchanged processes. */
  readonly unchanged: number;
}

/** What happens to one process. */
export type PlannedProcess = { readonly group: string; readonly name: string } & (
  | { readonly kind: 'add' | 'remove' }
  /**
   * `restart`: it is stopped and started with the new configuration. `start`: some changes take effect at the next
   * start. `live`: all take effect at once.
   */
  | { readonly kind: 'restart' | 'start' | 'live'; readonly changes: readonly OptionChange[] }
);

export interface PlannedGroup {
  readonly group: string;
  /** It is removed and added again, with all of its processes. */
  readonly isReplaced: boolean;
  readonly changes: readonly OptionChange[];
}

/** One option that differs. `undefined` means "not set". Values of secret options must not be shown. */
export interface OptionChange {
  readonly option: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly change: Change;
  readonly isSecret: boolean;
}

/** One option of a section that concerns the daemon as a whole. */
export interface SectionChange extends OptionChange {
  readonly section: string;
}

export interface PlanContext {
  readonly tables: ChangeTables;
  readonly equal: Equal;
  /** Whether to restart a process that needs it: it is up, or failed while it was wanted up. */
  readonly isWanted: (group: string, name: string) => boolean;
}

/** Compares the configuration in use with a new one. Both lists of groups are in starting order. */
export function planReload(
  inUse: Pick<SupervisorConfig, 'groups' | 'sections'>,
  next: Pick<SupervisorConfig, 'groups' | 'sections'>,
  context: PlanContext,
): ReloadPlan {
  const before = new Map(inUse.groups.map((group) => [group.name, group]));
  const after = new Map(next.groups.map((group) => [group.name, group]));
  const groupOptions = next.groups.flatMap((group) => planGroup(before.get(group.name), group, context));
  const replaced = new Map(
    groupOptions.flatMap(({ group, isReplaced, changes }) => (isReplaced ? [[group, changes]] : [])),
  );
  const removed = inUse.groups.flatMap((group) => removedMembers(group, after.get(group.name)));
  const kept = next.groups.flatMap((group) =>
    planMembers(before.get(group.name), group, replaced.get(group.name) ?? [], context),
  );
  const count = next.groups.reduce((sum, { processes }) => sum + processes.length, 0);
  return {
    groups: compareGroups(inUse.groups, next.groups, context.equal),
    processes: [...removed, ...kept],
    groupOptions,
    daemon: planSections(inUse.sections, next.sections, context),
    unchanged: count - kept.length,
  };
}

/** The part of a plan that concerns these groups. */
export function onlyGroups(plan: ReloadPlan, names: readonly string[]): ReloadPlan {
  const wanted = new Set(names);
  const has = (name: string): boolean => wanted.has(name);
  const { added, changed, removed } = plan.groups;
  return {
    ...plan,
    groups: { added: added.filter(has), changed: changed.filter(has), removed: removed.filter(has) },
    processes: plan.processes.filter(({ group }) => has(group)),
    groupOptions: plan.groupOptions.filter(({ group }) => has(group)),
  };
}

/** Nothing to do, and nothing to report. */
export function isEmptyPlan({ processes, groupOptions, daemon, groups }: ReloadPlan): boolean {
  const { added, changed, removed } = groups;
  return processes.length + groupOptions.length + daemon.length + added.length + changed.length + removed.length === 0;
}

function planGroup(
  before: GroupConfig | undefined,
  after: GroupConfig,
  { equal, tables }: PlanContext,
): PlannedGroup[] {
  if (before === undefined) return [];
  const of = (option: string): Treatment => tables.ofGroup(after.kind, option);
  const changes = [
    ...compareOptions({ type: before.kind }, { type: after.kind }, equal, of),
    ...compareOptions({ priority: before.priority }, { priority: after.priority }, equal, of),
    ...compareOptions({ programs: order(before, after) }, { programs: order(after, before) }, equal, of),
    ...compareOptions(before.options, after.options, equal, of),
  ];
  if (changes.length === 0) return [];
  const isReplaced = before.kind !== after.kind || changes.some(({ change }) => change === 'restart');
  return [{ group: after.name, isReplaced, changes }];
}

/** The members that both have, in the order of the first group. */
function order(group: GroupConfig, other: GroupConfig): string[] {
  const common = new Set(other.processes.map(({ name }) => name));
  return group.processes.flatMap(({ name }) => (common.has(name) ? [name] : []));
}

function removedMembers(before: GroupConfig, after: GroupConfig | undefined): PlannedProcess[] {
  const stay = new Set(after?.processes.map(({ name }) => name));
  return before.processes
    .filter(({ name }) => !stay.has(name))
    .map(({ name }) => ({ kind: 'remove', group: before.name, name }));
}

/** `because`: changes of the group as a whole that need a restart of every member. */
function planMembers(
  before: GroupConfig | undefined,
  after: GroupConfig,
  because: readonly OptionChange[],
  context: PlanContext,
): PlannedProcess[] {
  const known = new Map(before?.processes.map((process) => [process.name, process]));
  return after.processes.flatMap((process): PlannedProcess[] => {
    const id = { group: after.name, name: process.name };
    const old = known.get(process.name);
    if (old === undefined) return [{ kind: 'add', ...id }];
    const changes = [...because, ...compareProcesses(old, process, context)];
    if (changes.length === 0) return [];
    return [{ kind: kindOf(changes, context.isWanted(id.group, id.name)), ...id, changes }];
  });
}

function kindOf(changes: readonly OptionChange[], isWanted: boolean): 'restart' | 'start' | 'live' {
  const takes = (change: Change): boolean => changes.some((one) => one.change === change);
  if (takes('restart')) return isWanted ? 'restart' : 'start';
  return takes('start') ? 'start' : 'live';
}

/** What differs between two configurations of one process. */
function compareProcesses(
  before: ProcessConfig,
  after: ProcessConfig,
  { equal, tables }: Pick<PlanContext, 'equal' | 'tables'>,
): OptionChange[] {
  const of = (option: string): Treatment => tables.ofProcess(option);
  return [
    ...compareOptions(coreOptions(before, after), coreOptions(after, before), equal, of),
    ...compareOptions(before.options, after.options, equal, of),
  ];
}

function coreOptions(process: ProcessConfig, other: ProcessConfig): Record<string, unknown> {
  const values: Readonly<Record<string, unknown>> = { ...process, user: comparedUser(process, other) };
  return Object.fromEntries(Object.keys(CORE_CHANGES).map((name) => [name, values[name]]));
}

type Options = Readonly<Record<string, unknown>>;

function compareOptions(
  before: Options,
  after: Options,
  equal: Equal,
  treatmentOf: (option: string) => Treatment,
): OptionChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((option) => {
    const [from, to] = [valueOf(before, option), valueOf(after, option)];
    return equal(from, to) ? [] : [{ option, from, to, ...treatmentOf(option) }];
  });
}

/** Names come from users: a name may be one that every object has, such as `constructor`. */
function valueOf(options: Options, name: string): unknown {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

function planSections(
  before: SupervisorConfig['sections'],
  after: SupervisorConfig['sections'],
  { equal, tables }: PlanContext,
): SectionChange[] {
  const titles = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...titles].flatMap((section) => {
    const [from, to] = [before, after].map((sections) => (Object.hasOwn(sections, section) ? sections[section] : {}));
    const changes = compareOptions(from ?? {}, to ?? {}, equal, (option) => tables.ofSection(section, option));
    return changes.filter(({ change }) => change !== 'live').map((change) => ({ section, ...change }));
  });
}
