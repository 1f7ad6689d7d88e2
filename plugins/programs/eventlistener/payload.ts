import type { Exit, ProcessView, State } from '../../../core/index.ts';
import type { EventType } from './event-types.ts';

/**
 * The bodies of events, byte for byte: existing listeners parse these texts. A body of `key:value` pairs in one line
 * has no line end, except that of a group. Supervisor: events.py payload().
 */

/** A change of state, and the state before it. */
export interface StateChange {
  readonly process: ProcessView;
  readonly from: State;
  /** Only for an exit: whether its code is one of `exitcodes`. */
  readonly expected?: boolean;
  /** Only for an exit, and only if more may be sent than Supervisor sends: how the process ended. */
  readonly exit?: Exit;
}

export function stateType(state: State): EventType {
  return `PROCESS_STATE_${state}`;
}

export function statePayload(change: StateChange): string {
  const { process, from } = change;
  return [`${processFields(process)} from_state:${from}`, ...EXTRA_FIELDS[process.state](change)].join(' ');
}

type Fields = (change: StateChange) => readonly string[];

const none: Fields = () => [];
const pid: Fields = ({ process }) => [`pid:${process.pid}`];
const tries: Fields = ({ process }) => [`tries:${process.tries}`];

const EXTRA_FIELDS = {
  STARTING: tries,
  BACKOFF: tries,
  RUNNING: pid,
  STOPPING: pid,
  STOPPED: pid,
  EXITED: (change) => [`expected:${change.expected === true ? 1 : 0}`, ...pid(change), ...exitFields(change)],
  FATAL: none,
  UNKNOWN: none,
} as const satisfies Record<State, Fields>;

/** Appended after Supervisor's own fields, so that listeners that parse by position still work. */
function exitFields({ exit }: StateChange): readonly string[] {
  if (exit?.kind === 'code') return [`exitstatus:${exit.code}`];
  if (exit?.kind === 'unknown') return ['exitstatus:unknown'];
  return exit?.kind === 'signal' ? [`signal:${exit.signal}`] : [];
}

export type Channel = 'stdout' | 'stderr';

export function logPayload(process: ProcessView, channel: Channel, text: string): string {
  return `${processFields(process)} pid:${process.pid} channel:${channel}\n${text}`;
}

export function communicationPayload(process: ProcessView, text: string): string {
  return `${processFields(process)} pid:${process.pid}\n${text}`;
}

export function remotePayload({ type, data }: { readonly type: string; readonly data: string }): string {
  return `type:${type}\n${data}`;
}

export function groupPayload(group: string): string {
  return `groupname:${group}\n`;
}

export function tickPayload(when: number): string {
  return `when:${when}`;
}

function processFields({ name, group }: ProcessView): string {
  return `processname:${name} groupname:${group}`;
}
