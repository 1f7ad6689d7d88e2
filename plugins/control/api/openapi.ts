import { STATUS_CODES } from 'node:http';
import type { Method } from '../rpc/index.ts';
import { methodAnswer, methodBody } from './method-schema.ts';
import type { Operation } from './route.ts';
import type { JsonSchema } from './json-schema.ts';
import { ref, SCHEMAS } from './schemas.ts';

/** A part of an OpenAPI document: plain JSON. */
type Json = string | number | boolean | null | JsonSchema | readonly Json[] | { readonly [member: string]: Json };

/** What the document is made of. */
export interface Described {
  readonly version: string;
  /** Where the paths begin: `/api/v1`. */
  readonly base: string;
  readonly operations: readonly Operation[];
  readonly methods: readonly Method[];
}

/**
 * The OpenAPI 3.1 document of everything under `/api/v1`: the declared operations, and one path per XML-RPC method in
 * place of the generic one.
 */
export function openApi({ version, base, operations, methods }: Described): Json {
  const declared = operations.flatMap((operation) =>
    typeof operation.body === 'function'
      ? methods.map((method) => [operation.path.replace(/\{\w+\}$/, method.name), ofMethod(operation, method)] as const)
      : [[operation.path, operation] as const],
  );
  const paths: Record<string, Record<string, Json>> = {};
  for (const [path, operation] of declared) {
    const item = (paths[`${base}${path}`] ??= {});
    item[operation.method.toLowerCase()] = describeOperation(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'tsvisor',
      version,
      description: 'Processes under supervision: how they are, what happens to them, and what can be done.',
    },
    servers: [{ url: '/' }],
    security: [{}, { password: [] }],
    tags: [{ name: 'reads' }, { name: 'changes', description: 'Not for an account that may only look.' }],
    paths,
    components: { schemas: SCHEMAS, securitySchemes: { password: { type: 'http', scheme: 'basic' } } },
  };
}

function ofMethod(operation: Operation, method: Method): Operation {
  return {
    ...operation,
    path: '',
    id: method.name,
    doc: method.doc,
    effect: method.effect,
    body: methodBody(method),
    answer: { kind: 'json', doc: method.result.doc, schema: methodAnswer(method) },
  };
}

function describeOperation({ id, doc, effect, path, query = {}, body, answer, errors = [], method }: Operation): Json {
  const content =
    answer.kind === 'json'
      ? { 'application/json': { schema: answer.schema } }
      : Object.fromEntries(
          answer.types.map((type) => [
            type,
            { schema: { type: type === 'application/json' ? 'object' : 'string' } as const },
          ]),
        );
  // Errors of every request, and of requests with a body.
  const statuses = new Set([...errors, 400, 401, 403, 500, ...(method === 'POST' ? [413, 415, 501, 503] : [])]);
  return {
    operationId: id,
    summary: doc.split(/(?<=\.) /)[0] ?? doc,
    description: doc,
    tags: [effect],
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Json => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...Object.entries(query).map(([name, parameter]): Json => ({
        name,
        in: 'query',
        description: parameter.doc,
        schema: parameter.schema,
      })),
    ],
    ...(typeof body === 'object' && {
      requestBody: { required: body.required !== undefined, content: { 'application/json': { schema: body } } },
    }),
    responses: {
      200: { description: answer.doc, content },
      ...Object.fromEntries([...statuses].sort((a, b) => a - b).map((status) => [status, describeError(status)])),
    },
  };
}

/** Until a request has reached its operation, refusals are a line of text, unless the client accepts JSON. */
function describeError(status: number): Json {
  const isEarly = status === 401 || status === 403;
  return {
    description: STATUS_CODES[status] ?? 'Error',
    content: {
      'application/json': { schema: ref('Error') },
      ...(isEarly && { 'text/plain': { schema: { type: 'string' } as const } }),
    },
  };
}
