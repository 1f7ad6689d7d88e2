import * as v from 'valibot';
import { causeText, CauseShape } from './cause.ts';
import { STATES, type State } from './api-schema.ts';
import { visible } from './visible.ts';

/** The events that the page listens to. `process:usage` is measured only while somebody asks for it by name. */
export const EVENTS = [
  'process:state',
  'process:exited',
  'process:spawn-failed',
  'process:signalled',
  'process:health',
  'process:added',
  'process:removed',
  'process:usage',
  'group:added',
  'group:removed',
  'supervisor:state',
] as const;

/** One event of the daemon, as the event list needs it. Control characters in its texts are made visible. */
export type DaemonEvent = {
  /** Wall time. */
  readonly at: number;
  /** `group:name`; empty where it is about no process. */
  readonly process: string;
} & (
  | { readonly kind: 'state'; readonly from: string; readonly to: State; readonly by: string; readonly cause: string }
  /** A child is gone. `after`: the state that it left behind. */
  | {
      readonly kind: 'ended';
      readonly how: string;
      readonly isBad: boolean;
      readonly isAsked: boolean;
      readonly after: State;
    }
  | { readonly kind: 'notStarted'; readonly reason: string }
  | { readonly kind: 'signalled'; readonly signal: string; readonly why: string }
  | { readonly kind: 'said'; readonly text: string; readonly isBad: boolean }
);

/** A line of the event list: one event, or several that belong together, with a count. */
export interface EventLine {
  readonly number: number;
  /** The number of events in it; changes whenever the line does. */
  readonly version: number;
  readonly process: string;
  readonly text: string;
  readonly isBad: boolean;
  readonly state: State | undefined;
  /** Wall times of the first and the last time. */
  readonly since: number;
  readonly at: number;
  readonly count: number;
  /** The event that may still be added to it. */
  readonly open: 'stop' | 'stopped' | 'end' | 'start' | undefined;
  /** Who asked for it. */
  readonly by: string;
}

const ProcessPart = v.looseObject({ namespec: v.string(), state: v.picklist(STATES) });

const Shape = v.looseObject({
  at: v.optional(v.string()),
  process: v.optional(ProcessPart),
  from: v.optional(v.string()),
  to: v.optional(v.string()),
  cause: v.optional(CauseShape),
  reason: v.optional(v.string()),
  signal: v.optional(v.string()),
  why: v.optional(v.string()),
  group: v.optional(v.string()),
  expected: v.optional(v.boolean()),
  asked: v.optional(v.boolean()),
  trouble: v.nullish(v.string()),
});

/** `undefined` for an event that is not shown. `now`: the time for an event without one. */
export function readEvent(event: string, data: unknown, now: number): DaemonEvent | undefined {
  const parsed = v.safeParse(Shape, data);
  if (!parsed.success) return undefined;
  const { process, at, ...said } = parsed.output;
  const common = { at: Date.parse(at ?? '') || now, process: process?.namespec ?? '' };
  const line = (text: string, isBad = false): DaemonEvent => ({ ...common, kind: 'said', text: visible(text), isBad });
  switch (event) {
    case 'process:state': {
      if (process === undefined) return undefined;
      const { cause = { by: 'unknown' } } = said;
      const from = said.from ?? '';
      return { ...common, kind: 'state', from, to: process.state, by: cause.by, cause: visible(causeText(cause)) };
    }
    case 'process:exited': {
      if (process === undefined) return undefined;
      const { reason = 'its end', expected = true, asked = false } = said;
      const how = visible(reason);
      return { ...common, kind: 'ended', how, isBad: !expected && !asked, isAsked: asked, after: process.state };
    }
    case 'process:spawn-failed':
      return { ...common, kind: 'notStarted', reason: visible(said.reason ?? '') };
    case 'process:signalled':
      return { ...common, kind: 'signalled', signal: said.signal ?? 'a signal', why: said.why ?? '' };
    case 'process:health':
      return line(said.trouble ?? 'no longer in trouble', said.trouble !== undefined && said.trouble !== null);
    case 'process:added':
      return line('added');
    case 'process:removed':
      return line('removed');
    case 'group:added':
      return line(`group ${said.group} added`);
    case 'group:removed':
      return line(`group ${said.group} removed`);
    case 'supervisor:state':
      return line(`the daemon is ${said.to}`);
    default:
      return undefined;
  }
}
