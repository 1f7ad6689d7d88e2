import { processConfig } from '../../../core/index.ts';
import type { ProcessConfig, Scope, UserIdentity } from '../../../core/index.ts';
import type { Context } from './context.ts';
import { environmentScope } from './context.ts';
import type { ProgramValues } from '../options/core-options.ts';
import type { Section } from '../document.ts';
import { looseSeverity } from '../options/reporter.ts';
import { SectionReader } from '../options/section-reader.ts';
import type { Values } from '../options/section-reader.ts';
import { lookUp } from './users.ts';

/** A `[program:x]`, or a section of another kind that makes programs, resolved for one group. */
export interface ResolvedProgram {
  readonly priority: number;
  readonly processes: readonly ProcessConfig[];
  /** Options of the section that concern its group as a whole. */
  readonly sectionValues: Values;
  readonly user: UserIdentity | undefined;
}

/** More processes than any machine runs; Supervisor would fill its memory with their records. */
const MAX_NUMPROCS = 100_000;

/** The name of a program or group, without blanks at its ends. One that is no name is reported, and names it all the same in other errors. */
export function readName(section: Section, context: Context): string {
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
export function resolveProgram(section: Section, groupName: string, context: Context): ResolvedProgram {
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
