import { groupConfig } from '../../../core/index.ts';
import type { GroupConfig, ProcessConfig } from '../../../core/index.ts';
import type { Context } from './context.ts';
import type { Section } from '../document.ts';
import { byPriority, readName, resolveProgram } from './programs.ts';
import { looseSeverity } from '../options/reporter.ts';
import { SectionReader } from '../options/section-reader.ts';
import { lookUp } from './users.ts';

/** All groups by priority and name: those of `[group:x]`, and one for each other program. */
export function resolveGroups(sections: readonly Section[], context: Context): readonly GroupConfig[] {
  const byTitle = new Map(sections.map((section) => [section.title, section]));
  const named = sections.filter(({ kind }) => kind === 'group');
  const taken = new Set<Section>();
  const groups: Origin[] = [];
  for (const section of named) {
    const members = findMembers(section, byTitle, context);
    for (const member of members) taken.add(member);
    groups.push({ section, group: resolveNamedGroup(section, members, context) });
  }
  for (const section of sections) {
    const { tables } = context;
    const isProgram = tables.programKinds.has(section.kind) && tables.optionsOf(section.kind) !== undefined;
    if (isProgram && !taken.has(section)) {
      groups.push({ section, group: resolveOwnGroup(section, context) });
    }
  }
  return withoutDuplicates(
    groups.toSorted((one, other) => byPriority(one.group, other.group)),
    context,
  );
}

interface Origin {
  readonly section: Section;
  readonly group: GroupConfig;
}

function groupReader(section: Section, context: Context): SectionReader {
  return new SectionReader(section, context.tables.optionsOf('group') ?? new Map(), context);
}

/** The sections of a group's programs, in the order of `programs`. */
function findMembers(section: Section, byTitle: ReadonlyMap<string, Section>, context: Context): Section[] {
  const programs = groupReader(section, context).read('programs', []);
  const names = Array.isArray(programs) ? programs.map(String) : [];
  return names.flatMap((name) => findMember(section, name, byTitle, context) ?? []);
}

function findMember(
  section: Section,
  name: string,
  byTitle: ReadonlyMap<string, Section>,
  { reporter, tables }: Context,
): Section | undefined {
  const kinds = [...tables.programKinds].filter(([kind, { asMember }]) => kind === 'program' || asMember !== undefined);
  const found = kinds.flatMap(([kind]) => byTitle.get(`${kind}:${name}`) ?? []);
  const [member] = found;
  if (member === undefined) {
    const known = [...byTitle.values()].flatMap((other) =>
      other.kind === 'program' && other.name !== undefined ? [other.name] : [],
    );
    reporter.option(section, 'programs', `there is no program named "${name}"`, { typo: name, known });
    return undefined;
  }
  if (found.length > 1) {
    const all = found.map(({ kind }) => `a ${kind}`).join(' and ');
    reporter.option(section, 'programs', `${name} is ambiguous: there is ${all} of that name`);
  }
  const difference = tables.programKinds.get(member.kind)?.asMember;
  if (difference !== undefined) reporter.option(section, 'programs', `${name} ${difference}`, { severity: 'warning' });
  return member;
}

/** The members start in the order of `programs`; their own priorities do not count. */
function resolveNamedGroup(section: Section, members: readonly Section[], context: Context): GroupConfig {
  const name = readName(section, context);
  const reader = groupReader(section, context);
  reader.checkNames();
  const values = { ...reader.readAll('core', []), ...reader.readAll('section', []) };
  reader.check(values);
  const processes = members.flatMap((member) => resolveProgram(member, name, context).processes);
  return groupConfig({
    name,
    priority: typeof values['priority'] === 'number' ? values['priority'] : 999,
    processes: withoutTwins(section, processes, context),
    options: reader.readAll('section', []),
  });
}

/** The group of a program that is a member of no other. */
function resolveOwnGroup(section: Section, context: Context): GroupConfig {
  const { group: kind, priority, resolve } = context.tables.programKinds.get(section.kind) ?? { group: 'group' };
  const program = resolveProgram(section, section.name?.trim() ?? '', context);
  const values = lookUp(section, program.sectionValues, context);
  return groupConfig({
    name: section.name?.trim() ?? '',
    kind,
    priority: priority === undefined || section.options.has('priority') ? program.priority : priority,
    processes: withoutTwins(section, program.processes, context),
    options: resolve?.(values, { user: program.user, uid: context.host.uid }) ?? values,
  });
}

/** Of processes of one name the last one stays, as in Supervisor. */
function withoutTwins(
  section: Section,
  processes: readonly ProcessConfig[],
  { reporter }: Context,
): readonly ProcessConfig[] {
  const byName = new Map<string, ProcessConfig>();
  for (const process of processes) {
    if (byName.has(process.name)) {
      reporter.section(
        section,
        `two processes of this group are named ${process.name || '""'}; only the last one would run`,
        {
          severity: looseSeverity(section),
        },
      );
    }
    byName.set(process.name, process);
  }
  return [...byName.values()];
}

/** Of groups of one name the first one by priority stays, as in Supervisor. */
function withoutDuplicates(origins: readonly Origin[], { reporter }: Context): GroupConfig[] {
  const byName = new Map<string, Origin>();
  for (const origin of origins) {
    const first = byName.get(origin.group.name);
    if (first === undefined) {
      byName.set(origin.group.name, origin);
    } else {
      const message = `there is already a group named ${origin.group.name}, made by [${first.section.title}]; this one would not run`;
      reporter.section(origin.section, message, { severity: looseSeverity(origin.section) });
    }
  }
  return [...byName.values()].map(({ group }) => group);
}
