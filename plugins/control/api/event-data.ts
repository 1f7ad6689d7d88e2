import { describeExit, type Cause, type EventMap, type ProcessView } from '../../../core/index.ts';
import type { ProcessStatus } from './process-status.ts';

/** How an event is encoded in JSON. */
interface EventEncoder<Payload> {
  readonly doc: string;
  readonly data: (payload: Payload, describe: (view: ProcessView) => ProcessStatus) => object;
}

type EventEncoders = { readonly [Name in keyof EventMap]?: EventEncoder<EventMap[Name]> };

/** The events that `/api/v1/events` sends, and their data. */
export const EVENTS = {
  'process:state': {
    doc: 'A process came to another state: {process, from, cause}.',
    data: ({ process, from, cause }, describe) => ({ process: describe(process), from, cause: causeOf(cause) }),
  },
  'process:exited': {
    doc: 'A child is gone: {process, pid, exit, reason, expected, asked, livedSeconds, usage}.',
    data: ({ process, pid, exit, expected, asked, livedMs, usage }, describe) => ({
      process: describe(process),
      pid,
      exit: exit.kind === 'spawnFailed' ? null : exit,
      reason: describeExit(exit),
      expected,
      asked,
      livedSeconds: livedMs / 1000,
      usage: usage ?? null,
    }),
  },
  'process:spawn-failed': {
    doc: 'A start failed before there was a child: {process, reason}.',
    data: ({ process, reason }, describe) => ({ process: describe(process), reason }),
  },
  'process:signalled': {
    doc: 'A signal was sent: {process, pid, signal, asGroup, why}.',
    data: ({ process, pid, signal, asGroup, why }, describe) => ({
      process: describe(process),
      pid,
      signal,
      asGroup,
      why,
    }),
  },
  'process:health': {
    doc: 'Trouble that the state of a process does not show began or ended: {process, trouble}.',
    data: ({ process, trouble }, describe) => ({ process: describe(process), trouble: trouble ?? null }),
  },
  'process:added': {
    doc: 'A process came into use: {process}.',
    data: ({ process }, describe) => ({ process: describe(process) }),
  },
  'process:removed': {
    doc: 'A process is no longer in use: {process}.',
    data: ({ process }, describe) => ({ process: describe(process) }),
  },
  'group:added': { doc: 'A group came into use: {group}.', data: ({ group }) => ({ group }) },
  'group:removed': { doc: 'A group is no longer in use: {group}.', data: ({ group }) => ({ group }) },
  'supervisor:state': {
    doc: 'The daemon as a whole came to another state: {from, to}.',
    data: ({ from, to }) => ({ from, to }),
  },
} as const satisfies EventEncoders;

export type ApiEvent = keyof typeof EVENTS;

/** The data of an event. `at`, in all of them: when it happened, ISO 8601. */
export function eventData<Name extends ApiEvent>(
  name: Name,
  payload: EventMap[Name],
  { at, describe }: { readonly at: string; readonly describe: (view: ProcessView) => ProcessStatus },
): unknown {
  // The entry of a name takes the payload of that name; TypeScript loses this link in the lookup.
  const { data } = EVENTS[name] as EventEncoder<EventMap[Name]>;
  return { at, ...data(payload, describe) };
}

export function isApiEvent(name: string): name is ApiEvent {
  return Object.hasOwn(EVENTS, name);
}

function causeOf({ by, detail }: Cause): { by: string; detail: string | null } {
  return { by, detail: detail ?? null };
}
