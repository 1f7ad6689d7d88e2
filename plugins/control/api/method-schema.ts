import type { Method, Parameter, WireType } from '../rpc/index.ts';
import { object, type JsonSchema } from './json-schema.ts';

/** What XML-RPC's types are in JSON. */
const TYPES = {
  string: { type: 'string' },
  int: { type: 'integer' },
  boolean: { type: 'boolean' },
  array: { type: 'array', items: {} },
  struct: { type: 'object' },
} as const satisfies Record<WireType, JsonSchema>;

/** The body of a call of this method: its parameters by name. */
export function methodBody({ params }: Pick<Method, 'params'>): JsonSchema {
  const optional = params.filter((parameter) => parameter.default !== undefined).map(({ name }) => name);
  return object(Object.fromEntries(params.map((parameter) => [parameter.name, schemaOf(parameter)])), optional);
}

/** The answer to it. */
export function methodAnswer({ result }: Pick<Method, 'result'>): JsonSchema {
  return object({ result: { ...TYPES[result.type], description: result.doc } });
}

function schemaOf({ type, doc, default: byDefault }: Parameter): JsonSchema {
  const schema = { ...TYPES[type], description: doc };
  const isPlain = typeof byDefault === 'string' || typeof byDefault === 'number' || typeof byDefault === 'boolean';
  return isPlain ? { ...schema, default: byDefault } : schema;
}
