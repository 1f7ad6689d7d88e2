import {
  describeCause,
  describeExit,
  isRunning,
  namespec,
  type ProcessView,
  type State,
  type SupervisorState,
} from '../../core/index.ts';
import { describeProcess, type Moment } from '../rpc/index.ts';
import { HEALTH, type Health, type HealthLevel } from '../api/index.ts';

/** Everything that the status page shows, as plain data: the page is a picture of this and of nothing else. */
export interface Status {
  readonly identifier: string;
  readonly host: string;
  readonly pid: number;
  /** Wall time in milliseconds. */
  readonly at: number;
  readonly state: SupervisorState;
  /** Those with trouble first, the others in their usual order. */
  readonly groups: readonly GroupStatus[];
}

export interface GroupStatus {
  readonly name: string;
  readonly processes: readonly ProcessStatus[];
}

export interface ProcessStatus {
  /** `group:name`, or the name alone: what every action is told. */
  readonly name: string;
  readonly group: string;
  readonly process: string;
  readonly state: State;
  readonly health: HealthLevel;
  /** As `supervisorctl status` puts it; empty in states that it says nothing about. */
  readonly description: string;
  /** What the description leaves out: how it came to be so. */
  readonly reason: string;
  /** How often it was started again without anybody asking. */
  readonly restarts: number;
}

export interface StatusSource {
  readonly identifier: string;
  readonly host: string;
  readonly pid: number;
  readonly state: SupervisorState;
  /** Groups and their processes in the order of starting. */
  readonly groups: readonly { readonly name: string; readonly processes: readonly ProcessView[] }[];
  readonly restarts: (process: ProcessView) => number;
  readonly health: (process: ProcessView) => Health;
}

/** The status at a moment. */
export function statusOf({ groups, restarts, health, ...daemon }: StatusSource, moment: Moment): Status {
  const shown = groups.map(({ name, processes }) => ({
    name,
    processes: processes
      .map((view) => processStatus(view, { restarts: restarts(view), health: health(view) }, moment))
      .sort(byHealth),
  }));
  // Stable: nothing moves that has no reason to.
  return { ...daemon, at: moment.wall, groups: shown.sort((a, b) => worst(a) - worst(b)) };
}

/** How many processes are in each state, of the states that there are, as they are listed. */
export function countStates(processes: readonly ProcessStatus[]): ReadonlyMap<State, number> {
  const counts = new Map<State, number>();
  for (const { state } of processes) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

export function processStatus(
  view: ProcessView,
  { restarts, health }: { readonly restarts: number; readonly health: Health },
  moment: Moment,
): ProcessStatus {
  return {
    name: namespec(view),
    group: view.group,
    process: view.name,
    state: view.state,
    health: health.level,
    description: describeProcess(view, moment),
    reason: health.trouble ?? reasonFor(view),
    restarts,
  };
}

/** Why a process is in its state, in words, beside what Supervisor's description says already. */
function reasonFor(view: ProcessView): string {
  switch (view.state) {
    case 'STARTING':
      if (view.tries > 0) return `try ${view.tries + 1}, after ${times(view.tries, 'failed start')}`;
      return view.pid === 0 ? '' : `pid ${view.pid}, has to stay up for ${view.config.startsecs} s`;
    case 'RUNNING':
      return '';
    case 'BACKOFF':
      return sentence(lastEnd(view), `${times(view.tries, 'failed start')}, will be tried again`);
    case 'FATAL':
      return sentence(lastEnd(view), `gave up after ${times(view.tries, 'failed start')}`);
    case 'EXITED':
      return sentence(view.exit && describeExit(view.exit), view.spawnerr === '' ? undefined : 'not expected');
    case 'STOPPING':
      return `by ${describeCause(view.cause)}`;
    case 'STOPPED':
      return view.startedAt === 0 ? '' : `by ${describeCause(view.cause)}`;
    case 'UNKNOWN':
      return view.spawnerr;
  }
}

/** Whether a stop has something to do. */
export function canStop({ state }: Pick<ProcessStatus, 'state'>): boolean {
  return isRunning(state);
}

export function canStart({ state }: Pick<ProcessStatus, 'state'>): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
}

/** How the child of a failed start ended; nothing where there was none, and the description says why. */
function lastEnd({ cause, spawnerr }: ProcessView): string | undefined {
  return cause.by === 'child' && cause.detail !== spawnerr ? cause.detail : undefined;
}

function sentence(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ');
}

function times(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function byHealth(a: ProcessStatus, b: ProcessStatus): number {
  return HEALTH.indexOf(a.health) - HEALTH.indexOf(b.health);
}

/** A group stands where its worst process does. */
function worst({ processes }: GroupStatus): number {
  return Math.min(...processes.map(({ health }) => HEALTH.indexOf(health)), HEALTH.length - 1);
}
