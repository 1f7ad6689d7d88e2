import * as v from 'valibot';

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

/** An object with exactly these properties; all are required, unless named as optional. */
export function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

export function array(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** The JSON Schema of a valibot schema. Throws for kinds of schemas that are not used so far. */
export function schemaOf(shape: unknown): JsonSchema {
  if (!isSchema(shape)) throw new TypeError('not a schema');
  const description = v.getDescription(shape);
  return { ...typeOf(shape), ...(description !== undefined && { description }) };
}

type Known = v.GenericSchema & {
  readonly entries?: object;
  readonly item?: unknown;
  readonly options?: readonly string[];
  readonly wrapped?: unknown;
  readonly pipe?: readonly { readonly type: string }[];
};

function typeOf(shape: Known): JsonSchema {
  switch (shape.type) {
    case 'string':
    case 'boolean':
      return { type: shape.type };
    case 'number':
      return { type: shape.pipe?.some(({ type }) => type === 'integer') === true ? 'integer' : 'number' };
    case 'picklist':
      return { enum: shape.options ?? [] };
    case 'array':
      return array(schemaOf(shape.item));
    case 'exact_optional':
      return schemaOf(shape.wrapped);
    case 'object': {
      const entries = Object.entries(shape.entries ?? {});
      const optional = entries.filter(([, entry]) => isSchema(entry) && entry.type === 'exact_optional');
      return object(
        Object.fromEntries(entries.map(([name, entry]) => [name, schemaOf(entry)])),
        optional.map(([name]) => name),
      );
    }
    default:
      throw new TypeError(`a shape of the wire has a ${shape.type}`);
  }
}

function isSchema(value: unknown): value is Known {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';
}
