import { HttpRefusal } from '../http/index.ts';
import type { Input, QueryParameter } from './route.ts';
import type { JsonSchema } from './json-schema.ts';

type Query = Input['query'];

/** Reads and checks the query parameters. @throws HttpRefusal 400, which names the parameter. */
export function readQuery(given: URLSearchParams, known: Readonly<Record<string, QueryParameter>> = {}): Query {
  const entries = [...new Set(given.keys())].map((name) => {
    const parameter = Object.hasOwn(known, name) ? known[name] : undefined;
    if (parameter === undefined) throw unknown('query parameter', name, Object.keys(known));
    const values = given.getAll(name);
    if (values.length > 1) throw wrong(`query parameter ${name} is given ${values.length} times; give it once`);
    return [name, readWord(name, values[0] ?? '', parameter.schema)] as const;
  });
  return Object.fromEntries(entries);
}

/** Reads and checks a JSON object in the body. @throws HttpRefusal 400, 415 */
export function readJsonBody(
  bytes: Buffer,
  contentType: string | undefined,
  schema: JsonSchema,
): Readonly<Record<string, unknown>> {
  // A form of another site cannot send this type; without it no request that changes something is accepted.
  if (!/^application\/json *(;|$)/i.test(contentType ?? '')) {
    throw new HttpRefusal(415, 'send Content-Type: application/json, with or without a body');
  }
  const value = parse(bytes);
  const { properties = {}, required = [] } = schema;
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known === undefined) throw unknown('parameter', name, Object.keys(properties));
    if (!isOf(member, known)) throw wrong(`${name} must be ${wanted(known)}, not ${shown(member)}`);
  }
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw wrong(`${missing} is missing`);
  return value;
}

function parse(bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new HttpRefusal(400, `the body is no JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`);
  }
  if (isRecord(value)) return value;
  throw wrong(`the body must be an object, not ${shown(value)}`);
}

/** A value in a URL is text; the schema gives its type. */
function readWord(name: string, word: string, schema: JsonSchema): string | number | boolean {
  switch (schema.type) {
    case 'boolean':
      if (word === '1' || word === 'true') return true;
      if (word === '0' || word === 'false') return false;
      throw wrong(`query parameter ${name} must be 1 or 0, not ${shown(word)}`);
    case 'integer': {
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
      const number = Number(word);
      if (/^\d{1,16}$/.test(word) && number >= minimum && number <= maximum) return number;
      throw wrong(`query parameter ${name} must be a whole number from ${minimum} to ${maximum}, not ${shown(word)}`);
    }
    default:
      return word;
  }
}

/** Whether a value is of a schema's type; of its members only `enum` is looked at. */
function isOf(value: unknown, schema: JsonSchema): boolean {
  if (schema.enum !== undefined) return schema.enum.some((one) => one === value);
  switch (schema.type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    default:
      return true;
  }
}

function wanted({ type, enum: words }: JsonSchema): string {
  if (words !== undefined) return `one of ${words.map(String).join(', ')}`;
  return `${/^[aeiou]/.test(String(type)) ? 'an' : 'a'} ${String(type)}`;
}

function unknown(what: string, name: string, known: readonly string[]): HttpRefusal {
  const allowed = known.length === 0 ? 'there are none' : `known: ${known.join(', ')}`;
  return wrong(`unknown ${what} ${shown(name)}; ${allowed}`);
}

function wrong(message: string): HttpRefusal {
  return new HttpRefusal(400, message, {}, { code: 'INCORRECT_PARAMETERS' });
}

/** A value for a message, shortened. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
