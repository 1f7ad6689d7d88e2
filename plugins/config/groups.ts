import { groupConfig } from '../../core/index.ts';
import type { GroupConfig, ProcessConfig } from '../../core/index.ts';
import type { Context } from './context.ts';
import type { Owner } from './option-types.ts';
import type { Section } from './document.ts';
import { byPriority, readName, resolveProgram } from './programs.ts';
import type { ResolvedProgram } from './programs.ts';
import { looseSeverity } from './reporter.ts';
import { SectionReader } from './section-reader.ts';
import type { Values } from './section-reader.ts';
import { resolveOwner } from './socket-owner.ts';
import { isProgramKind, PROGRAM_KINDS } from './tables.ts';

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
    if (isProgramKind(section.kind) && context.tables.optionsOf(section.kind) !== undefined && !taken.has(section)) {
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
  { reporter }: Context,
): Section | undefined {
  const program = byTitle.get(`program:${name}`);
  const fcgi = byTitle.get(`fcgi-program:${name}`);
  if (program !== undefined && fcgi !== undefined) {
    reporter.option(section, 'programs', `${name} is ambiguous: there is a program and a fcgi-program of that name`);
  }
  if (program === undefined && fcgi === undefined) {
    const known = [...byTitle.values()].flatMap((other) =>
      other.kind === 'program' && other.name !== undefined ? [other.name] : [],
    );
    reporter.option(section, 'programs', `there is no program named "${name}"`, { typo: name, known });
  }
  if (program === undefined && fcgi !== undefined) {
    const message = `${name} gets no socket as a member of a group: it runs as a plain program there`;
    reporter.option(section, 'programs', message, { severity: 'warning' });
  }
  return program ?? fcgi;
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

/** Listeners start before everything else unless they say otherwise. */
const LISTENER_PRIORITY = -1;

function resolveOwnGroup(section: Section, context: Context): GroupConfig {
  const kind = isProgramKind(section.kind) ? PROGRAM_KINDS[section.kind] : 'group';
  const name = section.name?.trim() ?? '';
  const program = resolveProgram(section, name, context);
  const hasPriority = kind !== 'eventlistener' || section.options.has('priority');
  return groupConfig({
    name,
    kind,
    priority: hasPriority ? program.priority : LISTENER_PRIORITY,
    processes: withoutTwins(section, program.processes, context),
    options: kind === 'fcgi' ? fcgiOptions(section, program, context) : program.sectionValues,
  });
}

/** The socket's owner by number, and Supervisor's defaults for a unix socket. */
function fcgiOptions(section: Section, { sectionValues, user }: ResolvedProgram, context: Context): Values {
  const { socket, socket_owner: given, socket_mode: mode } = sectionValues;
  const isUnix = typeof socket === 'object' && socket !== null && 'path' in socket;
  const owner = isOwner(given) ? resolveOwner(section, 'socket_owner', given, context) : undefined;
  const byUser =
    isUnix && user !== undefined && user.uid !== context.host.uid
      ? { uid: user.uid, gid: user.gid, user: user.name, group: undefined }
      : undefined;
  return { ...sectionValues, socket_owner: owner ?? byUser, socket_mode: mode ?? (isUnix ? 0o700 : undefined) };
}

function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && 'user' in value;
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
