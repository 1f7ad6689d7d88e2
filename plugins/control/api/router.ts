import { HttpRefusal, type Exchange, type HttpRequestInfo, type RouteHandler } from '../http/index.ts';
import { RpcFault } from '../rpc/index.ts';
import { refusalOf } from './faults.ts';
import { readJsonBody, readQuery } from './input.ts';
import type { Input, Operation } from './route.ts';
import type { JsonSchema } from './json-schema.ts';

/** The base path of the API. */
export const BASE = '/api/v1';

/** The handler of a path; `undefined` for paths outside the API. */
export function createRouter(
  operations: readonly Operation[],
): (info: Pick<HttpRequestInfo, 'method' | 'path'>) => RouteHandler | undefined {
  const table = operations.map((operation) => ({ operation, matches: matcher(operation.path) }));
  return ({ method, path }) => {
    if (path !== BASE && !path.startsWith(`${BASE}/`)) return undefined;
    const below = path.slice(BASE.length).replace(/\/$/, '');
    const found = table.flatMap(({ operation, matches }) => {
      const parts = matches(below);
      return parts === undefined ? [] : [{ operation, parts }];
    });
    const first = found[0];
    if (first === undefined) return refusing(new HttpRefusal(404, `there is nothing at ${path}`));
    // The most specific path wins: it is declared first.
    const here = found.filter(({ operation }) => operation.path === first.operation.path);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const chosen = here.find(({ operation }) => operation.method === wanted);
    return chosen === undefined ? otherMethod(method, here) : routeOf(chosen.operation, chosen.parts);
  };
}

function routeOf(operation: Operation, path: Input['path']): RouteHandler {
  const { effect, judgesRole = false } = operation;
  return {
    effect,
    judgesRole,
    refusals: 'json',
    handle: async (exchange) => {
      try {
        await perform(operation, path, exchange);
      } catch (error) {
        throw error instanceof RpcFault ? refusalOf(error) : error;
      }
    },
  };
}

async function perform(operation: Operation, path: Input['path'], exchange: Exchange): Promise<void> {
  const { info, request, readBody } = exchange;
  const query = readQuery(info.query, operation.query);
  const body =
    operation.method === 'GET'
      ? {}
      : readJsonBody(await readBody(), request.headers['content-type'], bodySchema(operation, path));
  const value = await operation.handle({ path, query, body }, exchange);
  if (operation.answer.kind === 'json') sendJson(exchange, value);
}

function bodySchema({ body = {} }: Operation, path: Input['path']): JsonSchema {
  return typeof body === 'function' ? body(path) : body;
}

/** A status is only valid now, and must not be cached. */
function sendJson({ response }: Exchange, value: unknown): void {
  const text = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': text.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(text);
}

/** An OPTIONS request, or one with a method that does not exist. */
function otherMethod(method: string, here: readonly { readonly operation: Operation }[]): RouteHandler {
  const known = here.flatMap(({ operation }) => (operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method]));
  const allow = [...known, 'OPTIONS'].join(', ');
  if (method !== 'OPTIONS') {
    return refusing(new HttpRefusal(405, `${method} is not for this; allowed: ${allow}`, { Allow: allow }));
  }
  return {
    effect: 'reads',
    handle: ({ response }) => void response.writeHead(204, { Allow: allow }).end(),
  };
}

function refusing(refusal: HttpRefusal): RouteHandler {
  return {
    effect: 'reads',
    refusals: 'json',
    handle: () => {
      throw refusal;
    },
  };
}

/** `/processes/{name}/start` → a pattern, and the names of its parts. A name may contain anything, slashes included. */
function matcher(pattern: string): (path: string) => Input['path'] | undefined {
  const source = pattern.replaceAll(/\{(\w+)\}/g, '(?<$1>.+)');
  const regex = new RegExp(`^${source}$`, 's');
  return (path) => {
    const match = regex.exec(path);
    return match === null ? undefined : { ...match.groups };
  };
}
