import { STATE_CODES } from '../../core/index.ts';
import { HEALTH } from '../control/index.ts';

/** A JSON Schema (2020-12), as far as this plugin writes and checks them. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly oneOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly default?: string | number | boolean;
  readonly contentMediaType?: string;
  readonly const?: string;
}

/** An object that holds exactly these; all of them always, unless named as optional. */
export function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

export function array(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function ref(name: keyof typeof SCHEMAS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

const TEXT: JsonSchema = { type: 'string' };
const WHOLE: JsonSchema = { type: 'integer' };
const TIME: JsonSchema = { type: ['string', 'null'], format: 'date-time' };

/** Schemas that have a name in the OpenAPI document. */
export const SCHEMAS = {
  Error: object({
    error: object(
      {
        code: { type: 'string', description: 'What a program knows the case by: BAD_NAME, NOT_FOUND.' },
        message: { type: 'string', description: 'The same for people.' },
        problems: { ...array(TEXT), description: 'Of a configuration that is refused: what is wrong, one by one.' },
      },
      ['problems'],
    ),
  }),
  Fault: object({ code: TEXT, message: TEXT }),
  Exit: {
    oneOf: [
      object({ kind: { const: 'code' }, code: WHOLE }),
      object({ kind: { const: 'signal' }, signal: TEXT }),
      { type: 'null' },
    ],
  },
  Usage: {
    type: 'object',
    properties: {
      cpu: {
        type: 'number',
        description: 'Fraction of one core, since the last look; at the first one since its start.',
      },
      memoryBytes: WHOLE,
      processes: WHOLE,
      openFiles: WHOLE,
    },
    required: ['cpu', 'memoryBytes', 'processes'],
  },
  ProcessStatus: {
    ...object(
      {
        group: TEXT,
        name: TEXT,
        namespec: { type: 'string', description: 'group:name, or the name alone where both are the same.' },
        state: { enum: Object.keys(STATE_CODES) },
        statecode: { enum: Object.values(STATE_CODES) },
        reason: { type: 'string', description: 'Why it is in this state, in words.' },
        health: {
          enum: HEALTH,
          description: 'failed: down for good; unsteady: fails and is tried again, flaps, or a plugin reports trouble.',
        },
        trouble: { type: ['string', 'null'], description: 'What is wrong beside what the state says: flapping: …' },
        pid: { type: ['integer', 'null'] },
        startedAt: TIME,
        stoppedAt: TIME,
        since: { ...TIME, description: 'When it came to this state.' },
        uptimeSeconds: { type: ['integer', 'null'] },
        restarts: { type: 'integer', description: 'Times it was started again without anybody asking.' },
        exit: { $ref: '#/components/schemas/Exit' },
        lastLine: {
          oneOf: [object({ channel: { enum: ['stdout', 'stderr'] }, text: TEXT }), { type: 'null' }],
          description: 'The last line of the last run that ended. Needs the plugin journal.',
        },
        logs: object({ stdout: { type: ['string', 'null'] }, stderr: { type: ['string', 'null'] } }),
        autostart: { type: 'boolean' },
        priority: WHOLE,
        kind: { type: 'string', description: 'group, eventlistener, fcgi, or a kind of a plugin.' },
        usage: { $ref: '#/components/schemas/Usage' },
      },
      ['usage'],
    ),
    additionalProperties: true,
  },
  ActionResult: object({ namespec: TEXT, ok: { type: 'boolean' }, fault: { $ref: '#/components/schemas/Fault' } }, [
    'fault',
  ]),
  Plan: object(
    {
      file: { type: 'string', description: 'The configuration that was read.' },
      added: array(TEXT),
      changed: array(TEXT),
      removed: array(TEXT),
      unchanged: { type: 'integer', description: 'How many processes stay as they are.' },
      entries: array(
        object(
          {
            kind: { enum: ['add', 'remove', 'restart', 'start', 'live', 'group', 'daemon'] },
            group: TEXT,
            name: TEXT,
            changes: array(
              object(
                {
                  option: { type: 'string', description: 'Of a variable: environment.NAME.' },
                  section: TEXT,
                  change: { enum: ['live', 'start', 'restart'] },
                  from: TEXT,
                  to: TEXT,
                  isSecret: { type: 'boolean', description: 'from and to say only whether there is a value.' },
                },
                ['section', 'from', 'to'],
              ),
            ),
            ok: { type: 'boolean' },
            reason: TEXT,
          },
          ['group', 'name', 'ok', 'reason'],
        ),
      ),
    },
    ['file'],
  ),
  Daemon: {
    ...object({
      version: TEXT,
      supervisor: { type: 'string', description: 'The version of Supervisor that it is compatible with.' },
      identifier: TEXT,
      pid: WHOLE,
      state: { enum: ['starting', 'running', 'stopping', 'stopped'] },
      user: { type: ['string', 'null'] },
      role: { enum: ['admin', 'viewer'] },
    }),
    additionalProperties: true,
  },
} as const satisfies Record<string, JsonSchema>;
