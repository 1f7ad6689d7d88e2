import { groupConfig, processConfig } from '../../../core/index.ts';
import type { GroupConfig, ProcessConfig, Scope, UserIdentity } from '../../../core/index.ts';
import { environmentScope } from './context.ts';
import type { Context } from './context.ts';
import type { Section } from '../document.ts';
import type { ProgramValues } from '../options/tables.ts';
import { looseSeverity } from '../options/reporter.ts';
import { SectionReader } from '../options/section-reader.ts';
import type { Values } from '../options/section-reader.ts';
import { lookUp } from './users.ts';

/** All groups by priority and name, with their processes: those of `[group:x]`, and one for each other program. */
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

/** A `[program:x]`, or a section of another kind that makes programs, resolved for one group. */
interface ResolvedProgram {
  readonly priority: number;
  readonly processes: readonly ProcessConfig[];
  /** Options of the section that concern its group as a whole. */
  readonly sectionValues: Values;
  readonly user: UserIdentity | undefined;
}

/** More processes than any machine runs; Supervisor would fill its memory with their records. */
const MAX_NUMPROCS = 100_000;

/** The name of a program or group, without blanks at its ends. One that is no name is reported, and names it all the same in other errors. */
function readName(section: Section, context: Context): string {
  const name = section.name?.trim() ?? '';
  const fault = nameFault(name);
  // Supervisor runs `[program:]`.
  const severity = name === '' ? looseSeverity(section) : 'error';
  if (fault !== undefined) context.reporter.section(section, `"${name}" is not a name: ${fault}`, { severity });
  return name;
}

/** Why a name cannot be one: it would break `group:process`, the listener protocol or the addresses of the status page. */
function nameFault(name: string): string | undefined {
  if (name === '') return 'it is empty';
  const bad = /[ :/]/.exec(name)?.[0];
  return bad === undefined ? undefined : `it contains "${bad}"; blanks, colons and slashes are not possible`;
}

/**
 * The processes of a program's section as members of the group `groupName`, by priority and name.
 *
 * The names that expansions know are `here`, `host_node_name`, `program_name`, `group_name` and `ENV_…`; and for everything but `numprocs`,
 * `numprocs_start` and `priority`, which are read once, also `process_num`, `numprocs` and the variables of the program's own environment.
 */
function resolveProgram(section: Section, groupName: string, context: Context): ResolvedProgram {
  const reader = new SectionReader(section, context.tables.optionsOf(section.kind) ?? new Map(), context);
  const name = readName(section, context);
  const names: Scope = new Map([
    ['program_name', name],
    ['group_name', groupName],
  ]);
  reader.checkNames();
  const numprocs = readNumprocs(reader, names, context);
  const first = numberOr(reader.read('numprocs_start', [names]), 0);
  const priority = numberOr(reader.read('priority', [names]), 999);
  checkProcessName(reader, numprocs, context);

  const processes: ProcessConfig[] = [];
  let isChecked = false;
  for (let number = first; number < first + numprocs; number++) {
    const { process, values } = resolveProcess(reader, name, names, { number, numprocs }, context);
    processes.push(process);
    if (!isChecked) reader.check(values);
    isChecked = true;
  }
  const sectionValues = reader.readAll('section', [names]);
  // Without any process its options are as right or wrong as with one.
  if (!isChecked) {
    const { values } = resolveProcess(reader, name, names, { number: first, numprocs: 0 }, context);
    reader.check(values);
  }
  context.programs.push({ section, group: groupName, processes });
  return { priority, processes: processes.toSorted(byPriority), sectionValues, user: processes[0]?.user };
}

function readNumprocs(reader: SectionReader, names: Scope, { reporter }: Context): number {
  const numprocs = numberOr(reader.read('numprocs', [names]), 1);
  if (numprocs <= MAX_NUMPROCS) return numprocs;
  reporter.option(reader.section, 'numprocs', `${numprocs} processes are too many`, {
    allowed: `at most ${MAX_NUMPROCS}`,
  });
  return 1;
}

function checkProcessName(reader: SectionReader, numprocs: number, { reporter }: Context): void {
  const given = reader.section.options.get('process_name')?.value;
  const template = typeof given === 'string' ? given : '%(program_name)s';
  const fault = nameFault(template.trim());
  // An empty one is read, and reported, like any other value.
  if (fault !== undefined && template.trim() !== '') {
    reporter.option(reader.section, 'process_name', `"${template}" is not a name: ${fault}`);
  } else if (numprocs > 1 && !template.includes('%(process_num)')) {
    const message = `has to contain %(process_num), because numprocs is ${numprocs}`;
    reporter.option(reader.section, 'process_name', message, {
      allowed: 'for example %(program_name)s_%(process_num)02d',
    });
  }
}

function resolveProcess(
  reader: SectionReader,
  program: string,
  names: Scope,
  { number, numprocs }: { readonly number: number; readonly numprocs: number },
  context: Context,
): { readonly process: ProcessConfig; readonly values: Values } {
  const numbered: Scope = new Map<string, string | number>([
    ['process_num', number],
    ['numprocs', numprocs],
  ]);
  const environment = textRecord(reader.read('environment', [numbered, names]));
  const scopes = [environmentScope(environment), numbered, names];
  const core = lookUp(reader.section, reader.readAll('core', scopes), context);
  const options = lookUp(reader.section, reader.readAll('process', scopes), context);
  const values = reader.readAll('section', [names]);
  const process = processConfig({ ...coreFields(core, program, reader, context), environment, options });
  return { process, values: { ...core, ...options, ...values } };
}

/** The core's part of the record. What the tables promise about types, TypeScript cannot follow through a record of unknowns. */
function coreFields(
  values: Values,
  program: string,
  reader: SectionReader,
  context: Context,
): Omit<ProcessConfig, 'environment' | 'options'> {
  // Each value came out of the schema that this type is inferred from, with the user looked up, or is its default.
  const given = values as Omit<ProgramValues, 'user'> & Pick<ProcessConfig, 'user'>;
  const { process_name, numprocs: _, numprocs_start: __, ...fields } = given;
  const killasgroup = reader.isGiven('killasgroup') ? fields.killasgroup : fields.stopasgroup;
  if (fields.stopasgroup && !killasgroup) {
    context.reporter.option(reader.section, 'killasgroup', 'cannot be false while stopasgroup is true');
  }
  return {
    ...fields,
    name: (process_name === '%(program_name)s' ? program : process_name).trim(),
    program,
    command: fields.command ?? '',
    serverurl: fields.serverurl?.trim().toUpperCase() === 'AUTO' ? undefined : fields.serverurl,
    killasgroup,
  };
}

/** By priority, then by name as text: `x-10` before `x-2`. */
export function byPriority(one: { priority: number; name: string }, other: { priority: number; name: string }): number {
  return one.priority - other.priority || (one.name < other.name ? -1 : Number(one.name > other.name));
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

/** Environment values are texts, says their schema. */
function textRecord(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]));
}
