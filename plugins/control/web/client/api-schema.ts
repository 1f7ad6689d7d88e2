import * as v from 'valibot';

/** The answers of `/api/v1`, checked when they arrive. Unknown fields are ignored. */

export const STATES = ['FATAL', 'UNKNOWN', 'BACKOFF', 'EXITED', 'STARTING', 'STOPPING', 'RUNNING', 'STOPPED'] as const;

/** Ordered by urgency. */
export type State = (typeof STATES)[number];

/** How urgently a process needs attention, as the daemon judges it; the worst first. */
export const HEALTH = ['failed', 'unsteady', 'sound'] as const;

const UsageShape = v.looseObject({ cpu: v.number(), memoryBytes: v.number(), processes: v.optional(v.number(), 1) });

export type Usage = v.InferOutput<typeof UsageShape>;

export const ProcessShape = v.looseObject({
  group: v.string(),
  name: v.string(),
  namespec: v.string(),
  state: v.picklist(STATES),
  reason: v.string(),
  pid: v.nullable(v.number()),
  startedAt: v.nullable(v.string()),
  stoppedAt: v.nullable(v.string()),
  uptimeSeconds: v.nullable(v.number()),
  restarts: v.number(),
  exit: v.nullable(
    v.variant('kind', [
      v.looseObject({ kind: v.literal('code'), code: v.number() }),
      v.looseObject({ kind: v.literal('signal'), signal: v.string() }),
      v.looseObject({ kind: v.literal('unknown'), reason: v.string() }),
    ]),
  ),
  logs: v.looseObject({ stdout: v.nullable(v.string()), stderr: v.nullable(v.string()) }),
  autostart: v.boolean(),
  priority: v.number(),
  kind: v.string(),
  health: v.picklist(HEALTH),
  trouble: v.nullable(v.string()),
  since: v.nullable(v.string()),
  lastLine: v.nullable(v.looseObject({ channel: v.picklist(['stdout', 'stderr']), text: v.string() })),
  usage: v.optional(UsageShape),
});

export type ProcessStatus = v.InferOutput<typeof ProcessShape>;

export const ProcessesShape = v.looseObject({ processes: v.array(ProcessShape) });

export const AboutShape = v.looseObject({
  version: v.string(),
  identifier: v.string(),
  pid: v.number(),
  state: v.string(),
  role: v.picklist(['admin', 'viewer']),
});

export type About = v.InferOutput<typeof AboutShape>;

export const ErrorShape = v.looseObject({ error: v.looseObject({ code: v.string(), message: v.string() }) });

/** The results of an action, for each process. */
export const ResultsShape = v.looseObject({
  results: v.array(
    v.looseObject({
      namespec: v.string(),
      ok: v.boolean(),
      fault: v.optional(v.looseObject({ message: v.string() })),
    }),
  ),
});

export type Results = v.InferOutput<typeof ResultsShape>['results'];

/** An event about a process, with its status after the event. */
export const AboutProcessShape = v.looseObject({ process: ProcessShape });

export const SettingsShape = v.looseObject({
  settings: v.array(
    v.looseObject({
      option: v.string(),
      value: v.nullable(v.string()),
      default: v.nullable(v.string()),
      isDefault: v.boolean(),
      doc: v.string(),
    }),
  ),
});

export type Setting = v.InferOutput<typeof SettingsShape>['settings'][number];

export const UsageEventShape = v.looseObject({
  usages: v.array(v.looseObject({ namespec: v.string(), ...UsageShape.entries })),
});
