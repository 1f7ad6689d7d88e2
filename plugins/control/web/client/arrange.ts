import type { Column, History, Model, Process, Sort } from './model.ts';
import { bucketOf } from './bucket.ts';
import { HEALTH, STATES } from './api-schema.ts';

/** Rows under one heading. */
export interface Section {
  /** The name of the group in the heading; `undefined` for rows without one. */
  readonly group: string | undefined;
  readonly processes: readonly Process[];
  /** Of the whole group, including rows that the filter hides. */
  readonly running: number;
  readonly total: number;
}

type Arranged = Pick<Model, 'processes' | 'histories' | 'filter' | 'only' | 'sort'>;

/**
 * The rows of the table, filtered and in order. Sorted by a column they are one list; else groups stay together. The
 * last answer is kept for each list of processes: it is asked for several times in each drawing.
 */
export function arrange(wanted: Arranged): readonly Section[] {
  const { processes, histories, filter, only, sort } = wanted;
  // Measurements move rows only if the table is sorted by them.
  const measured = sort.column === 'cpu' || sort.column === 'memory' ? histories : undefined;
  const known = ANSWERS.get(processes);
  if (known?.filter === filter && known.only === only && known.sort === sort && known.measured === measured)
    return known.sections;
  const sections = arranged(wanted);
  ANSWERS.set(processes, { filter, only, sort, measured, sections });
  return sections;
}

interface Answer extends Pick<Model, 'filter' | 'only' | 'sort'> {
  readonly measured: Model['histories'] | undefined;
  readonly sections: readonly Section[];
}

const ANSWERS = new WeakMap<Model['processes'], Answer>();

function arranged({ processes, histories, filter, only, sort }: Arranged): readonly Section[] {
  const isShown = (process: Process): boolean =>
    (only === undefined || bucketOf(process) === only) && matches(process, filter);
  if (sort.column !== 'trouble') {
    const ordered = [...processes.values()].filter(isShown).sort(comparing(sort, histories));
    return ordered.length === 0 ? [] : [{ group: undefined, processes: ordered, running: 0, total: ordered.length }];
  }
  return groupsOf(processes.values())
    .map((members) => sectionOf(members, members.filter(isShown)))
    .filter((section) => section.processes.length > 0)
    .sort((a, b) => worst(a) - worst(b));
}

/** The rows to draw. Rows that are held keep their places, with their current content. */
export function shownSections(model: Model): readonly Section[] {
  const { held, processes } = model;
  if (held === undefined) return arrange(model);
  const groups = new Map(groupsOf(processes.values()).map((members) => [members[0]?.group, members]));
  return held.map((section) => {
    const members = groups.get(section.group) ?? [];
    return {
      group: section.group,
      processes: section.processes.map((known) => processes.get(known.namespec) ?? gone(known)),
      running: members.filter(({ state }) => state === 'RUNNING').length,
      total: members.length,
    };
  });
}

/** Whether the held rows differ from the current order. */
export function isOrderWaiting(model: Model): boolean {
  if (model.held === undefined) return false;
  const names = (sections: readonly Section[]): string =>
    sections.flatMap(({ processes }) => processes.map(({ namespec }) => namespec)).join('\n');
  return names(model.held) !== names(arrange(model));
}

/** The process was removed: it has no child, and there are no actions for it. */
function gone(process: Process): Process {
  return { ...process, isGone: true, health: 'sound', pid: null, upSince: undefined };
}

function groupsOf(processes: Iterable<Process>): readonly (readonly Process[])[] {
  const groups = new Map<string, Process[]>();
  for (const process of processes) {
    const members = groups.get(process.group);
    if (members === undefined) groups.set(process.group, [process]);
    else members.push(process);
  }
  return [...groups.values()];
}

/** Whether every word of the filter is in the name, the state, or the words about it. */
function matches({ namespec, state, reason, trouble }: Process, filter: string): boolean {
  const text = `${namespec} ${state} ${reason} ${trouble ?? ''}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** A group with a name of its own has a heading; a program that is its own group needs none. */
function sectionOf(members: readonly Process[], shown: readonly Process[]): Section {
  const [first] = members;
  const isItself = members.length === 1 && first?.name === first?.group;
  return {
    group: isItself ? undefined : first?.group,
    processes: [...shown].sort(byHealth),
    running: members.filter(({ state }) => state === 'RUNNING').length,
    total: members.length,
  };
}

function byHealth(a: Process, b: Process): number {
  return HEALTH.indexOf(a.health) - HEALTH.indexOf(b.health);
}

function worst({ processes }: Section): number {
  return Math.min(HEALTH.length - 1, ...processes.map(({ health }) => HEALTH.indexOf(health)));
}

function comparing({ column, isReversed }: Sort, histories: Model['histories']): (a: Process, b: Process) => number {
  const compare = COMPARISONS[column];
  return (a, b) => (isReversed ? -1 : 1) * compare(a, b, histories) || a.namespec.localeCompare(b.namespec);
}

type Comparison = (a: Process, b: Process, histories: Model['histories']) => number;

/** What is asked for first: names from A, numbers from the greatest. */
const COMPARISONS: Readonly<Record<Column, Comparison>> = {
  trouble: byHealth,
  name: (a, b) => a.namespec.localeCompare(b.namespec, 'en', { numeric: true }),
  state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
  uptime: (a, b) => (a.upSince ?? Infinity) - (b.upSince ?? Infinity) || 0,
  restarts: (a, b) => b.restarts - a.restarts,
  cpu: (a, b, histories) => recent(histories.get(b.namespec), 'cpu') - recent(histories.get(a.namespec), 'cpu'),
  memory: (a, b, histories) =>
    recent(histories.get(b.namespec), 'memory') - recent(histories.get(a.namespec), 'memory'),
};

/** Averaged over some seconds, so that rows do not jump at every sample. */
function recent(history: History | undefined, what: keyof History): number {
  const last = history?.[what].slice(-5) ?? [];
  return last.length === 0 ? -1 : last.reduce((sum, value) => sum + value, 0) / last.length;
}
