import { STATE_CODES } from '../../../core/index.ts';
import { HEALTH, PlanShape } from '../index.ts';
import { array, object, schemaOf, type JsonSchema } from './json-schema.ts';

export function ref(name: keyof typeof SCHEMAS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

const TEXT: JsonSchema = { type: 'string' };
const NUMBER: JsonSchema = { type: 'number' };
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
      object({ kind: { const: 'unknown' }, reason: TEXT }),
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
        run: { type: 'integer', description: 'The number of its current run, or of the last one; 0: never started.' },
        restarts: { type: 'integer', description: 'Times it was started again without anybody asking.' },
        exit: { $ref: '#/components/schemas/Exit' },
        lastUsage: {
          oneOf: [object({ userSeconds: NUMBER, systemSeconds: NUMBER, peakMemoryBytes: WHOLE }), { type: 'null' }],
          description: 'What the last run that ended has used. Needs the system calls.',
        },
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
  Plan: schemaOf(PlanShape),
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
