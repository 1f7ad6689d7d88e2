import type { EventLine, DaemonEvent } from './event-line.ts';
import { unreachable } from './unreachable.ts';

/** The number of lines; the oldest are dropped. */
const MOST = 300;
/** Appended to an unexpected exit without a following event. */
const UNEXPECTED = ', not expected';
/** A stop and a start this near to each other are a restart. */
const RESTART_MS = 10_000;

/**
 * Adds an event to the list. Events that belong together share a line: the exit of a run and the restart that follows,
 * a stop with its signal and exit. A line that equals the last one of its process replaces it and increments the count.
 */
export function folded(list: readonly EventLine[], event: DaemonEvent): readonly EventLine[] {
  const at = list.findLastIndex(({ process }) => process === event.process);
  const last = event.process === '' ? undefined : list[at];
  const next = last && continued(last, event);
  if (next !== undefined && last !== undefined)
    return merged(list.toSpliced(at, 1), { ...last, ...next, at: event.at, version: last.version + 1 });
  const line = begun(event);
  if (line === undefined) return list;
  return merged(list, {
    number: 1 + greatest(list),
    version: 1,
    since: event.at,
    at: event.at,
    count: 1,
    process: event.process,
    ...line,
  });
}

type Line = Pick<EventLine, 'text' | 'isBad' | 'state' | 'open' | 'by'>;

/** The line with this event added; `undefined` if the event does not belong to it. */
function continued({ open, text, isBad, at, by }: EventLine, event: DaemonEvent): Partial<Line> | undefined {
  switch (event.kind) {
    case 'state': {
      const { to: state } = event;
      if (state === 'RUNNING' && open === 'start') return { state, open: undefined };
      const how = text.replace(UNEXPECTED, '');
      if (state === 'FATAL' && open === 'end') return { text: `${how}; gave up`, isBad: true, state, open: undefined };
      if (state === 'STOPPED' && open === 'stop') return { state };
      if (state !== 'STARTING') return undefined;
      const isOfPolicy = event.by === 'child' || event.by === 'policy';
      if (open === 'end' && isOfPolicy)
        return { text: `${how}; ${event.from === 'BACKOFF' ? 'tried' : 'started'} again`, isBad, state, open: 'start' };
      if (open === 'stopped' && event.by === by && event.at - at < RESTART_MS)
        return { text: `restarted ${event.cause}`, state, open: 'start' };
      return undefined;
    }
    case 'ended':
      return open === 'stop' && event.isAsked
        ? { text: `${text}: ${event.how}`, state: 'STOPPED', open: 'stopped' }
        : undefined;
    case 'signalled':
      // The signal of a stop is part of it; only SIGKILL after the timeout is mentioned.
      if (open !== 'stop') return undefined;
      return event.why === 'overdue'
        ? { text: `${text}, with ${event.signal} because it took too long`, isBad: true }
        : {};
    case 'notStarted':
    case 'said':
      return undefined;
    default:
      return unreachable(event);
  }
}

/** A new line; `undefined` for an event that another one describes better. */
function begun(event: DaemonEvent): Line | undefined {
  switch (event.kind) {
    case 'state':
      return begunByState(event);
    case 'ended': {
      const { how, isBad, after: state } = event;
      if (event.isAsked) return { text: `stopped: ${how}`, isBad: false, state, open: 'stopped', by: '' };
      const text = state === 'BACKOFF' ? `${how}, too quickly` : `${how}${isBad ? UNEXPECTED : ''}`;
      return { text, isBad: isBad || state === 'BACKOFF', state, open: 'end', by: '' };
    }
    case 'notStarted':
      return { text: `could not be started: ${event.reason}`, isBad: true, state: 'BACKOFF', open: 'end', by: '' };
    case 'signalled':
      return { text: `was sent ${event.signal}`, isBad: false, state: undefined, open: undefined, by: '' };
    case 'said':
      return { text: event.text, isBad: event.isBad, state: undefined, open: undefined, by: '' };
    default:
      return unreachable(event);
  }
}

function begunByState({ from, to: state, cause, by }: Extract<DaemonEvent, { kind: 'state' }>): Line | undefined {
  switch (state) {
    case 'STARTING':
      return { text: `started ${cause}`, isBad: false, state, open: 'start', by };
    case 'STOPPING':
      return { text: `stopped ${cause}`, isBad: false, state, open: 'stop', by };
    case 'STOPPED':
      // After STOPPING, the exit of the child is the line.
      return from === 'STOPPING' ? undefined : { text: `stopped ${cause}`, isBad: false, state, open: undefined, by };
    case 'FATAL':
      return { text: 'gave up', isBad: true, state, open: undefined, by };
    case 'UNKNOWN':
      return { text: 'out of control', isBad: true, state, open: undefined, by };
    // The exit that leads there is a line of its own.
    case 'EXITED':
    case 'BACKOFF':
    case 'RUNNING':
      return undefined;
    default:
      return unreachable(state);
  }
}

/** Appends the line; merges it with the previous line of the same process if both have the same text. */
function merged(list: readonly EventLine[], line: EventLine): readonly EventLine[] {
  const at = line.process === '' ? -1 : list.findLastIndex(({ process }) => process === line.process);
  const before = list[at];
  if (before === undefined || before.text !== line.text) return [...list, line].slice(-MOST);
  const both = {
    ...line,
    number: before.number,
    version: before.version + line.version,
    count: before.count + line.count,
    since: before.since,
  };
  return [...list.toSpliced(at, 1), both];
}

function greatest(list: readonly EventLine[]): number {
  return list.reduce((most, { number }) => Math.max(most, number), 0);
}
