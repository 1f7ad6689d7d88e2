import { defineOptions } from '../../../core/index.ts';
import type { OptionValues, ProgramKind, SectionCheck } from '../../../core/index.ts';
import { boolean, integer, optionType, Refusal, wordsOf } from '../../config/option-types/index.ts';

/** Supervisor's event types. A subscription includes the types whose names begin with the given one. */
export const EVENT_NAMES = [
  'EVENT',
  'PROCESS_STATE',
  'PROCESS_STATE_STOPPED',
  'PROCESS_STATE_EXITED',
  'PROCESS_STATE_STARTING',
  'PROCESS_STATE_STOPPING',
  'PROCESS_STATE_BACKOFF',
  'PROCESS_STATE_FATAL',
  'PROCESS_STATE_RUNNING',
  'PROCESS_STATE_UNKNOWN',
  'PROCESS_COMMUNICATION',
  'PROCESS_COMMUNICATION_STDOUT',
  'PROCESS_COMMUNICATION_STDERR',
  'PROCESS_LOG',
  'PROCESS_LOG_STDOUT',
  'PROCESS_LOG_STDERR',
  'REMOTE_COMMUNICATION',
  'SUPERVISOR_STATE_CHANGE',
  'SUPERVISOR_STATE_CHANGE_RUNNING',
  'SUPERVISOR_STATE_CHANGE_STOPPING',
  'TICK',
  'TICK_5',
  'TICK_60',
  'TICK_3600',
  'PROCESS_GROUP',
  'PROCESS_GROUP_ADDED',
  'PROCESS_GROUP_REMOVED',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

const PYTHON_FUNCTION = /^\w+(?:\.\w+)*:\w+(?:\.\w+)*$/;

const byName = new Map<string, EventName>(EVENT_NAMES.map((name) => [name, name]));

/** Names of events, in any case; yields each once, sorted. */
const eventNames = optionType<string | readonly (EventName | Lowercase<EventName>)[], readonly EventName[]>({
  is: 'a list of event types',
  allowed: EVENT_NAMES.join(', '),
  json: {
    anyOf: [
      {
        type: 'array',
        minItems: 1,
        items: { enum: [...EVENT_NAMES, ...EVENT_NAMES.map((name) => name.toLowerCase())] },
      },
      { type: 'string', minLength: 1 },
    ],
  },
  parse: (given) => {
    const words = wordsOf(given)?.map((word) => word.toUpperCase());
    if (words === undefined) return new Refusal();
    const unknown = words.find((word) => !byName.has(word));
    if (unknown !== undefined) return new Refusal(`unknown event type ${unknown}`);
    const known = new Set(words.flatMap((word) => byName.get(word) ?? []));
    return known.size === 0 ? new Refusal('no event type given') : [...known].toSorted();
  },
  toNative: (text) => wordsOf(text)?.map((word) => byName.get(word.toUpperCase()) ?? word),
});

/** The name of a Python function. It is never called. */
const pythonFunction = optionType<string, string>({
  is: 'of the form module:function',
  allowed: 'module:function',
  json: { type: 'string', pattern: PYTHON_FUNCTION.source },
  parse: (given) => (typeof given === 'string' && PYTHON_FUNCTION.test(given) ? given : new Refusal()),
});

/**
 * Options of `[eventlistener:x]` besides those of a program. They arrive as `GroupConfig.options` of a group of kind
 * `eventlistener`.
 */
export const listenerOptions = defineOptions({
  events: {
    schema: eventNames,
    default: undefined,
    required: true,
    change: 'restart',
    description: 'Event types to send to the listener.',
  },
  buffer_size: {
    schema: integer({ min: 1 }),
    default: 10,
    change: 'restart',
    description: 'How many events wait for a listener; when there are more, the oldest is dropped.',
  },
  restart_deaf: {
    schema: boolean,
    default: undefined,
    change: 'live',
    description:
      'Start a listener anew that breaks the protocol, with the waits and the number of tries of a failed start. ' +
      'When not given: true, but false in a supervisord.conf, as Supervisor leaves such a listener running and deaf.',
  },
  result_handler: {
    schema: pythonFunction,
    default: 'supervisor.dispatchers:default_handler',
    change: 'restart',
    description: "Python function that judges a listener's result; only the default one is known here.",
  },
});

export type ListenerValues = OptionValues<typeof listenerOptions>;

/** `readonly sections` of the plugin's class. */
export const sections = { eventlistener: listenerOptions } as const;

/** `readonly programKinds` of the plugin's class. */
export const programKinds = {
  // Listeners start before everything else unless they say otherwise.
  eventlistener: { key: 'eventlisteners', group: 'eventlistener', priority: -1 },
} as const satisfies Readonly<Record<string, ProgramKind>>;

const checkListener: SectionCheck = (values) =>
  values['redirect_stderr'] === true
    ? [
        {
          option: 'redirect_stderr',
          message: 'not possible for an event listener: its stdout carries the listener protocol',
        },
      ]
    : [];

/** `readonly checks` of the plugin's class. */
export const checks: Readonly<Record<string, SectionCheck>> = { eventlistener: checkListener };
