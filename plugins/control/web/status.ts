import { namespec, type ProcessView, type State, type SupervisorState } from '../../../core/index.ts';
import { HEALTH, stateReason, type Health, type HealthLevel } from '../index.ts';
import { describeProcess, type Moment } from '../rpc/index.ts';

/** All data of the status page. */
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
  /** `group:name`, or the name alone: the name that every action takes. */
  readonly name: string;
  readonly group: string;
  readonly process: string;
  readonly state: State;
  readonly health: HealthLevel;
  /** As in `supervisorctl status`; empty in states without a description. */
  readonly description: string;
  /** The reason of the state, if the description does not contain it. */
  readonly reason: string;
  /** Automatic restarts. */
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
  // A stable sort: rows move only for a reason.
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
  const description = describeProcess(view, moment) || startingPid(view);
  return {
    name: namespec(view),
    group: view.group,
    process: view.name,
    state: view.state,
    health: health.level,
    description,
    reason: health.trouble ?? withoutDescription(description, stateReason(view)),
    restarts,
  };
}

/** Supervisor's description says nothing of a process that is starting. */
function startingPid({ state, pid }: ProcessView): string {
  return state === 'STARTING' && pid !== 0 ? `pid ${pid}` : '';
}

/** The reason, without the part that Supervisor's description already contains. */
function withoutDescription(description: string, reason: string): string {
  if (reason.toLowerCase() === description.toLowerCase()) return '';
  return description !== '' && reason.startsWith(`${description}; `) ? reason.slice(description.length + 2) : reason;
}

function byHealth(a: ProcessStatus, b: ProcessStatus): number {
  return HEALTH.indexOf(a.health) - HEALTH.indexOf(b.health);
}

/** A group stands where its worst process does. */
function worst({ processes }: GroupStatus): number {
  return Math.min(...processes.map(({ health }) => HEALTH.indexOf(health)), HEALTH.length - 1);
}
