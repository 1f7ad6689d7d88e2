import type { Declaration } from '../../../core/index.ts';
import { nativeOf, specOf, tablesOf, textOf } from '../index.ts';
import type { KnownOption, Tables } from '../index.ts';

/** A JSON Schema, draft 7: the newest that editors know for JSON and YAML alike. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of a `tsv.config.json` or `.yaml` with the options of these plugins. It judges what can be told of each value by itself, as
 * `tsvd --check` does: names, types, limits, what is required. What an option says of another, and what expansions insert, it cannot see.
 */
export function jsonSchema(plugins: readonly Declaration[]): JsonSchema {
  const tables = tablesOf(plugins);
  const named = new Set(tables.namedKinds.values());
  const others = tables.kinds.filter((kind) => !named.has(kind));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'tsvisor configuration',
    description: 'What tsvd runs: programs, groups, servers, and the options of the daemon and its plugins.',
    type: 'object',
    properties: {
      $schema: { type: 'string', description: 'Address of this schema, for editors.' },
      include: {
        description: 'Patterns of further files, in any format, against the folder of this one.',
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      },
      ...Object.fromEntries([...tables.namedKinds].flatMap(([key, kind]) => namedSections(key, kind, tables))),
      ...Object.fromEntries(others.map((kind) => [kind, oneOrMore(kind)])),
    },
    patternProperties: Object.fromEntries(others.map((kind) => [`^${kind}:`, reference(kind)])),
    additionalProperties: false,
    definitions: {
      expandable: { type: 'string', pattern: String.raw`%\(`, description: 'A text with an expansion: %(ENV_NAME)s.' },
      ...Object.fromEntries(tables.kinds.map((kind) => [kind, section(tables.optionsOf(kind) ?? new Map())])),
      rpcinterface: RPC_INTERFACE,
    },
  };
}

const RPC_INTERFACE: JsonSchema = {
  type: 'object',
  properties: {
    'supervisor.rpcinterface_factory': { type: 'string', default: 'supervisor.rpcinterface:make_main_rpcinterface' },
  },
  required: ['supervisor.rpcinterface_factory'],
};

function reference(kind: string): JsonSchema {
  return { $ref: `#/definitions/${kind}` };
}

function oneOrMore(kind: string): JsonSchema {
  return { anyOf: [reference(kind), { type: 'array', items: reference(kind) }] };
}

/** Without blanks, colons and slashes; blanks at the ends do not count. */
const NAME = String.raw`^\s*[^\s:/](?:[^ :/]*[^\s:/])?\s*$`;

/** None for a kind that no plugin knows. */
function namedSections(key: string, kind: string, tables: Tables): [string, JsonSchema][] {
  if (kind !== 'rpcinterface' && tables.optionsOf(kind) === undefined) return [];
  const names = kind === 'rpcinterface' ? {} : { propertyNames: { pattern: NAME } };
  return [[key, { type: 'object', ...names, additionalProperties: reference(kind) }]];
}

function section(options: ReadonlyMap<string, KnownOption>): JsonSchema {
  const required = [...options.values()].filter(({ option }) => option.required === true).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries([...options].map(([name, known]) => [name, optionSchema(known)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function optionSchema({ option: { description, schema, default: value } }: KnownOption): JsonSchema {
  const text = value === undefined ? undefined : textOf(schema, value);
  return {
    description,
    ...(text !== undefined && { default: nativeOf(schema, text) }),
    ...orExpandable(specOf(schema)?.json ?? foreignSchema(schema)),
  };
}

/** Where any text will do, an expansion needs no mention. */
function orExpandable(schema: JsonSchema): JsonSchema {
  const list: readonly unknown[] = Array.isArray(schema['anyOf']) ? schema['anyOf'] : [schema];
  return list.some(takesAnyText) ? schema : { anyOf: [...list, reference('expandable')] };
}

function takesAnyText(schema: unknown): boolean {
  return isRecord(schema) && schema['type'] === 'string' && !('pattern' in schema);
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}

/**
 * Of a schema that another library made: what it says by the Standard JSON Schema interface (standardschema.dev), or nothing, which
 * allows everything.
 */
function foreignSchema(schema: KnownOption['option']['schema']): JsonSchema {
  const standard: object = schema['~standard'];
  const converter: unknown = 'jsonSchema' in standard ? standard.jsonSchema : undefined;
  if (!isConverter(converter)) return {};
  try {
    const { $schema: _, ...converted } = converter.input({ target: 'draft-07' });
    return converted;
  } catch {
    // The interface asks libraries to throw for what JSON Schema cannot say.
    return {};
  }
}

interface Converter {
  readonly input: (options: { readonly target: 'draft-07' }) => JsonSchema;
}

function isConverter(value: unknown): value is Converter {
  return isRecord(value) && typeof value['input'] === 'function';
}
