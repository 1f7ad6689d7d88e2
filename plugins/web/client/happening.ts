import * as v from 'valibot';
import type { Happening } from './model.ts';
import { STATES } from './wire.ts';
import { visible } from './visible.ts';

/** The events that the page listens to. `process:usage` is measured only while somebody asks for it by name. */
export const EVENTS = [
  'process:state',
  'process:exited',
  'process:spawn-failed',
  'process:signalled',
  'process:added',
  'process:removed',
  'process:usage',
  'group:added',
  'group:removed',
  'supervisor:state',
] as const;

const ProcessPart = v.looseObject({ namespec: v.string(), state: v.picklist(STATES) });

const Shape = v.looseObject({
  at: v.optional(v.string()),
  process: v.optional(ProcessPart),
  from: v.optional(v.string()),
  to: v.optional(v.string()),
  reason: v.optional(v.string()),
  signal: v.optional(v.string()),
  group: v.optional(v.string()),
  expected: v.optional(v.boolean()),
});

/** What an event is about, in words; `undefined` for one that is not for people. `now`: for one that has no time of its own. */
export function happeningOf(event: string, data: unknown, now: number): Omit<Happening, 'number'> | undefined {
  const parsed = v.safeParse(Shape, data);
  if (!parsed.success) return undefined;
  const { process } = parsed.output;
  const text = textOf(event, parsed.output);
  if (text === undefined) return undefined;
  const state = event === 'process:state' ? process?.state : undefined;
  const at = Date.parse(parsed.output.at ?? '') || now;
  return { at, event, process: process?.namespec ?? '', text: visible(text), state };
}

function textOf(event: string, said: v.InferOutput<typeof Shape>): string | undefined {
  switch (event) {
    case 'process:state':
      return `${String(said.from).toLowerCase()} → ${String(said.process?.state).toLowerCase()}`;
    case 'process:exited':
      return `ended with ${said.reason}${said.expected === false ? ', which was not expected' : ''}`;
    case 'process:spawn-failed':
      return `could not be started: ${said.reason ?? ''}`;
    case 'process:signalled':
      return `was sent ${said.signal ?? 'a signal'}`;
    case 'process:added':
      return 'was added';
    case 'process:removed':
      return 'was removed';
    case 'group:added':
      return `group ${said.group} was added`;
    case 'group:removed':
      return `group ${said.group} was removed`;
    case 'supervisor:state':
      return `the daemon is ${said.to}`;
    default:
      return undefined;
  }
}
