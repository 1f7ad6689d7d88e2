import {
  changeTables,
  type Declaration,
  type OptionChange,
  type OptionTable,
  type PlannedProcess,
  type ReloadPlan,
  type Schema,
  type SectionChange,
  type UpdateResult,
  withoutCredentials,
} from '../../../../core/index.ts';
import { groupOptions, programOptions, supervisordOptions } from '../../../config/index.ts';
import type { DescribedChange, DescribedEntry, DescribedPlan } from '../../../control/index.ts';
import { serverChanges } from './server-changes.ts';
import { valueText } from './value-text.ts';

/** The replacement of a secret value. */
const MASK = '********';

/** What has option tables: a plugin. */
export type HasSections = Pick<Declaration, 'sections' | 'programKinds'>;

/** A plan with its values as texts. */
export function describePlan(plan: ReloadPlan, plugins: readonly HasSections[]): DescribedPlan {
  const tables = new Spelling(plugins);
  return { ...frame(plan), entries: describeEntries(plan, plan.processes, tables) };
}

/** The result of an update, in the form of a plan; each entry says whether it succeeded. */
export function describeResult({ plan, outcomes }: UpdateResult, plugins: readonly HasSections[]): DescribedPlan {
  const tables = new Spelling(plugins);
  const success = new Map(outcomes.map((outcome) => [`${outcome.group}:${outcome.name}`, outcome]));
  const entries = describeEntries(plan, outcomes, tables).map((entry): DescribedEntry => {
    if (entry.kind === 'daemon') return { ...entry, ok: false, reason: 'it takes a restart of the daemon' };
    const outcome = success.get(`${entry.group}:${entry.name}`);
    return outcome?.ok === false ? { ...entry, ok: false, reason: outcome.reason } : { ...entry, ok: true };
  });
  return { ...frame(plan), entries };
}

function frame({ groups, unchanged }: ReloadPlan): Omit<DescribedPlan, 'entries'> {
  return { ...groups, unchanged };
}

function describeEntries(
  plan: ReloadPlan,
  processes: readonly PlannedProcess[],
  tables: Spelling,
): readonly DescribedEntry[] {
  const own = processes.map((entry): DescribedEntry => {
    const { kind, group, name } = entry;
    const changes = 'changes' in entry ? entry.changes.flatMap((change) => describeChange(change, tables)) : [];
    return { kind, group, name, changes };
  });
  const daemon = plan.daemon.flatMap((change) => describeSectionChange(change, tables));
  return [
    ...own,
    ...describeGroups(plan, own, tables),
    ...(daemon.length > 0 ? [{ kind: 'daemon', changes: daemon } as const] : []),
  ];
}

/** Group options that the processes do not already show, such as the priority of a program in a group by itself. */
function describeGroups(
  { groupOptions: groups }: ReloadPlan,
  described: readonly DescribedEntry[],
  tables: Spelling,
): DescribedEntry[] {
  const key = (group: string | undefined, { option, from, to }: DescribedChange): string =>
    JSON.stringify([group, option, from, to]);
  const known = new Set(described.flatMap(({ group, changes }) => changes.map((change) => key(group, change))));
  return groups.flatMap(({ group, changes }) => {
    const rest = changes
      .flatMap((change) => describeChange(change, tables))
      .filter((change) => !known.has(key(group, change)));
    return rest.length > 0 ? [{ kind: 'group', group, changes: rest } as const] : [];
  });
}

function describeSectionChange({ section, ...change }: SectionChange, tables: Spelling): DescribedChange[] {
  const inner = section === 'http' && change.option === 'servers' ? serverChanges(change, tables) : undefined;
  if (inner === undefined) return describeChange(change, tables).map((described) => ({ section, ...described }));
  return inner.flatMap(({ section: server, ...one }) =>
    describeChange(one, tables).map((described) => ({ section: server, ...described })),
  );
}

function describeChange(change: OptionChange, tables: Spelling): DescribedChange[] {
  if (change.option === 'environment') return describeVariables(change);
  const { option, isSecret } = change;
  const text = (value: unknown): string | undefined => {
    if (isSecret) return value === undefined ? undefined : MASK;
    return valueText(value, tables.schemaOf(option));
  };
  const raw = [text(change.from), text(change.to)];
  const [from, to] = raw.map((value) => (value === undefined ? undefined : withoutCredentials(value)));
  // If only the credentials differ, only that is reported.
  const isSame = from !== undefined && from === to && raw[0] !== raw[1];
  return [described(option, isSame ? { ...change, isSecret: true } : change, from, to)];
}

/** The names of variables that were added, removed or changed. Their values are secret. */
function describeVariables(change: OptionChange): DescribedChange[] {
  const [from, to] = [recordOf(change.from), recordOf(change.to)];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const mask = (record: Readonly<Record<string, unknown>>, name: string): string | undefined =>
    Object.hasOwn(record, name) ? MASK : undefined;
  return names
    .filter((name) => mask(from, name) !== mask(to, name) || from[name] !== to[name])
    .map((name) => described(`environment.${name}`, change, mask(from, name), mask(to, name)));
}

function described(
  option: string,
  { change, isSecret }: OptionChange,
  from: string | undefined,
  to: string | undefined,
): DescribedChange {
  return { option, change, ...(from !== undefined && { from }), ...(to !== undefined && { to }), isSecret };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What the option tables declare: types, and which options are secret. */
class Spelling {
  readonly isSecret: (section: string, option: string) => boolean;
  readonly #tables: readonly OptionTable[];

  constructor(plugins: readonly HasSections[]) {
    const changes = changeTables(plugins);
    this.isSecret = (section, option) => changes.ofSection(section, option).isSecret;
    this.#tables = [
      programOptions,
      groupOptions,
      supervisordOptions,
      ...plugins.flatMap(({ sections = {} }) => Object.values(sections)),
    ];
  }

  /** The type of an option. Options of one name are of one type, wherever they stand. */
  schemaOf(option: string): Schema | undefined {
    return this.#tables.find((table) => Object.hasOwn(table, option))?.[option]?.schema;
  }
}
