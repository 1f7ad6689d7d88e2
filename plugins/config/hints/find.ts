import { statSync } from 'node:fs';
import { splitCommand, type ProcessConfig } from '../../../core/index.ts';
import { placeOf, showValue, type Problem, type Resolved, type Section } from '../index.ts';
import { logsOf } from './logs.ts';
import { listed } from './listed.ts';
import { CONFIG_HINTS, PROGRAM_HINTS } from './table.ts';
import type { Hinted, HintedProgram, Machine } from './table.ts';

/** What could be better in a configuration without errors, on this machine. */
export async function findHints(sections: readonly Section[], resolved: Resolved, uid: number): Promise<Problem[]> {
  return hintsOn(thisMachine(uid), sections, resolved);
}

type Hintable = Pick<Resolved, 'config' | 'tables'>;

/** All hints about a configuration, one of each kind: of the whole first, then of programs, in the order of the file. */
export function hintsOn(machine: Machine, sections: readonly Section[], { config, tables }: Hintable): Problem[] {
  const whole = Object.entries(CONFIG_HINTS).flatMap(([name, look]) =>
    look({ sections, config }, machine).map((hinted) => problem(name, hinted.section, hinted)),
  );
  const programs = programsOf(sections, { config, tables }).flatMap((program) =>
    Object.entries(PROGRAM_HINTS).flatMap(([name, look]) =>
      look(program, machine).map((hinted) => problem(name, program.section, hinted)),
    ),
  );
  return oncePerKind([...whole, ...programs]);
}

/** Of each kind the first one, with the names of the others. */
function oncePerKind(hints: readonly Problem[]): Problem[] {
  const byKind = new Map<string, Problem[]>();
  for (const hint of hints) entryOf(byKind, String(hint.hint), () => []).push(hint);
  return [...byKind.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    const names = new Set(
      others.map((other) => (other.section === first.section ? other.option : `[${other.section}]`)),
    );
    return { ...first, message: `${first.message} (the same for ${listed([...names].map(String))})` };
  });
}

/** The machine that this process runs on. Each path is looked at once. */
function thisMachine(uid: number): Machine {
  const known = new Map<string, ReturnType<Machine['look']>>();
  return {
    uid,
    look(path) {
      if (!known.has(path)) known.set(path, lookAt(path));
      return known.get(path);
    },
  };
}

function lookAt(path: string): ReturnType<Machine['look']> {
  try {
    const { mode, uid } = statSync(path);
    return { mode, uid };
  } catch {
    return undefined;
  }
}

function programsOf(sections: readonly Section[], { config, tables }: Hintable): HintedProgram[] {
  const titleOf = titlesOf(sections, tables);
  const bySection = new Map<string, ProcessConfig[]>();
  /** By path, how many processes of each section write to it. */
  const writers = new Map<string, Map<string, number>>();
  for (const { kind, processes } of config.groups) {
    for (const process of processes) {
      const title = titleOf(kind, process.program);
      entryOf(bySection, title, () => []).push(process);
      for (const path of new Set(logsOf(process).map((log) => log.path))) {
        const counts = entryOf(writers, path, () => new Map<string, number>());
        counts.set(title, (counts.get(title) ?? 0) + 1);
      }
    }
  }
  return sections.flatMap((section) => {
    const processes = bySection.get(section.title) ?? [];
    const [first] = processes;
    if (first === undefined) return [];
    const sharers = (path: string) => othersOf(writers.get(path) ?? new Map<string, number>(), section.title);
    return [{ section, first, words: wordsOf(first.command), sharers }];
  });
}

/** As many as a hint may name, and one more. */
const ENOUGH = 4;

function othersOf(counts: ReadonlyMap<string, number>, own: string): string[] {
  const others = (counts.get(own) ?? 0) > 1 ? ['its other processes'] : [];
  for (const title of counts.keys()) {
    if (others.length >= ENOUGH) break;
    if (title !== own) others.push(`[${title}]`);
  }
  return others;
}

function entryOf<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

/** The section that a program of a group comes from. A `[group:x]` may hold fcgi-programs, too. */
function titlesOf(
  sections: readonly Section[],
  { programKinds }: Resolved['tables'],
): (groupKind: string, program: string) => string {
  const titles = new Map<string, string>();
  for (const { kind, name = '', title } of sections) {
    const group = programKinds.get(kind)?.group;
    if (group === undefined) continue;
    titles.set(`${group} ${name.trim()}`, title);
    if (!titles.has(name.trim())) titles.set(name.trim(), title);
  }
  return (groupKind, program) => titles.get(`${groupKind} ${program}`) ?? titles.get(program) ?? program;
}

function wordsOf(command: string): readonly string[] {
  try {
    return splitCommand(command);
  } catch {
    return []; // a start says what is wrong with it
  }
}

function problem(name: string, section: Section | undefined, { option, message, instead }: Hinted): Problem {
  const entry = option === undefined ? undefined : section?.options.get(option);
  const isSecret = option === 'password' || option === 'environment';
  return {
    severity: 'hint',
    kind: 'form',
    hint: name,
    ...placeOf(entry?.at ?? section?.at ?? { file: '' }),
    ...(section !== undefined && { section: section.title }),
    ...(option !== undefined && { option }),
    ...(entry !== undefined && !isSecret && { value: showValue(entry.value) }),
    message,
    instead,
  };
}
