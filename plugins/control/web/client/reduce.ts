import { arrange } from './arrange.ts';
import { folded } from './fold.ts';
import { unreachable } from './unreachable.ts';
import { SAMPLES, type Change, type History, type Model, type Process, type Sort } from './model.ts';
import type { ProcessStatus, Usage } from './api-schema.ts';

/** The number of notices; the oldest are dropped. */
const MOST_NOTICES = 4;

/** Uptimes are in whole seconds and arrive with a delay. */
const ROUNDING_MS = 2_500;

/** The model after a change. What did not change stays the same object, so that it need not be drawn again. */
export function reduce(model: Model, change: Change): Model {
  switch (change.kind) {
    case 'about':
      return { ...model, about: change.about };
    case 'connection':
      return { ...model, connection: change.connection };
    case 'all':
      return withAll(model, change.processes, change.now);
    case 'one':
      return withOne(model, change.process, change.now);
    case 'gone':
      return without(model, change.name);
    case 'usage':
      return { ...model, histories: sampled(model, change.samples) };
    case 'happened':
      return { ...model, eventLines: folded(model.eventLines, change.event) };
    case 'notice': {
      const number = (model.notices.at(-1)?.number ?? 0) + 1;
      const { isBad, text } = change;
      return { ...model, notices: [...model.notices, { number, isBad, text }].slice(-MOST_NOTICES) };
    }
    case 'dismiss':
      return { ...model, notices: model.notices.filter(({ number }) => number !== change.number) };
    case 'filter':
      return rearranged({ ...model, filter: change.filter });
    case 'only':
      return rearranged({ ...model, only: change.bucket === model.only ? undefined : change.bucket });
    case 'showAll':
      return rearranged({ ...model, filter: '', only: undefined });
    case 'sort':
      return rearranged({ ...model, sort: sortedBy(model.sort, change.column) });
    case 'hold':
      return change.isHeld === (model.held !== undefined) ? model : held(model, change.isHeld);
    case 'sidePanel':
      return { ...model, sidePanel: change.sidePanel };
    case 'dialog':
      return { ...model, dialog: change.dialog };
    case 'current':
      return model.current === change.name ? model : { ...model, current: change.name };
    case 'pending': {
      const pending = new Set(model.pending);
      for (const name of change.names) {
        if (change.isOver) pending.delete(name);
        else pending.add(name);
      }
      return { ...model, pending };
    }
    default:
      return unreachable(change);
  }
}

function held(model: Model, isHeld: boolean): Model {
  return { ...model, held: isHeld && model.isLoaded ? arrange(model) : undefined };
}

/** A change that the user requests moves the rows even while they are held. */
function rearranged(model: Model): Model {
  return model.held === undefined ? model : held(model, true);
}

function withAll(model: Model, statuses: readonly ProcessStatus[], now: number): Model {
  const processes = new Map(
    statuses.map((status) => [status.namespec, processOf(status, now, timed(model, status, now))]),
  );
  const histories = new Map([...model.histories].filter(([name]) => processes.has(name)));
  return { ...model, isLoaded: true, processes, histories };
}

/** The known process, without its start time if that is wrong: an old event contains an old uptime. */
function timed(model: Model, { namespec, uptimeSeconds }: ProcessStatus, now: number): Process | undefined {
  const known = model.processes.get(namespec);
  if (known?.upSince === undefined || uptimeSeconds === null) return known;
  const isRight = Math.abs(now - uptimeSeconds * 1000 - known.upSince) < ROUNDING_MS;
  return isRight ? known : { ...known, upSince: undefined };
}

function withOne(model: Model, status: ProcessStatus, now: number): Model {
  const processes = new Map(model.processes);
  processes.set(status.namespec, processOf(status, now, processes.get(status.namespec)));
  return { ...model, processes };
}

function without(model: Model, name: string): Model {
  if (!model.processes.has(name)) return model;
  const processes = new Map(model.processes);
  const histories = new Map(model.histories);
  processes.delete(name);
  histories.delete(name);
  return { ...model, processes, histories };
}

/** The known process if it is equal. The uptime does not count: it comes from the page's clock. */
function processOf(status: ProcessStatus, now: number, known: Process | undefined): Process {
  const isUp = status.uptimeSeconds !== null && status.pid !== null;
  const isSameRun = isUp && known?.upSince !== undefined && known.startedAt === status.startedAt;
  const upSince = isSameRun ? known.upSince : isUp ? now - (status.uptimeSeconds ?? 0) * 1000 : undefined;
  const process: Process = { ...status, upSince };
  return known !== undefined && isSame(known, process) ? known : process;
}

/** Its uptime and its usage are shown from elsewhere. */
function isSame(known: Process, process: Process): boolean {
  const said = (one: Process): string => JSON.stringify({ ...one, uptimeSeconds: undefined, usage: undefined });
  return said(known) === said(process);
}

function sampled(
  { histories, processes }: Model,
  samples: readonly (Usage & { namespec: string })[],
): Model['histories'] {
  const next = new Map<string, History>();
  const seen = new Map(samples.map((sample) => [sample.namespec, sample]));
  for (const name of processes.keys()) {
    const { cpu, memory } = histories.get(name) ?? { cpu: [], memory: [] };
    const sample = seen.get(name);
    // What is down uses nothing; what never ran has no history.
    if (sample === undefined && cpu.length === 0) continue;
    next.set(name, {
      cpu: [...cpu.slice(1 - SAMPLES), sample?.cpu ?? 0],
      memory: [...memory.slice(1 - SAMPLES), sample?.memoryBytes ?? 0],
    });
  }
  return next;
}

/** The same column again turns the order around, and a third time leads back to trouble first. */
function sortedBy(sort: Sort, column: Sort['column']): Sort {
  if (sort.column !== column) return { column, isReversed: false };
  return sort.isReversed ? { column: 'trouble', isReversed: false } : { column, isReversed: true };
}
