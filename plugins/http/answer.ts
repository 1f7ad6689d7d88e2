import type { IncomingMessage, ServerResponse } from 'node:http';
import { reasonOf, type Supervisor } from '../../core/index.ts';
import { admit } from './admission.ts';
import { readBody } from './body.ts';
import { getHttpHooks, type HttpRequestInfo, type RouteHandler } from './hooks.ts';
import { log } from './log.ts';
import { HttpRefusal, refuse } from './refusal.ts';
import type { AnsweringServer } from './server.ts';

/** Takes one request through admission, the routes of other plugins, and whatever goes wrong with it. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { supervisor, server, maxBodyBytes }: { supervisor: Supervisor; server: AnsweringServer; maxBodyBytes: number },
): Promise<void> {
  response.on('error', () => undefined); // the client went away: nothing is lost, and `close` follows
  let route: RouteHandler | undefined;
  try {
    const { info, isForeign } = read(request, server);
    if (server.isFull(info.role)) {
      throw new HttpRefusal(503, 'clients have not taken the answers that are there; try again', {
        'Retry-After': '5',
      });
    }
    route = getHttpHooks(supervisor).routes.call(info);
    if (route === undefined) throw new HttpRefusal(404, `there is nothing at ${info.path}`);
    if (isForeign && route.effect === 'changes') {
      throw new HttpRefusal(403, 'a page of another site may not do this');
    }
    if (info.role === 'viewer' && route.effect === 'changes' && route.judgesRole !== true) {
      throw new HttpRefusal(403, 'this account may only look');
    }
    await handle(route, request, response, { info, server, maxBodyBytes });
  } catch (error) {
    if (!(error instanceof HttpRefusal)) log(supervisor, 'ERRO', describe(error, request));
    const refusal = error instanceof HttpRefusal ? error : new HttpRefusal(500, 'the daemon failed; see its log');
    if (response.headersSent && !response.writableEnded) response.destroy();
    else refuse(response, refusal, route?.refusals ?? (acceptsJson(request) ? 'json' : 'text'));
  }
}

function read(request: IncomingMessage, server: AnsweringServer): { info: HttpRequestInfo; isForeign: boolean } {
  const admission = admit(request.headers, server.policy);
  if (admission instanceof HttpRefusal) throw admission;
  const { path, query } = splitTarget(request.url ?? '/');
  const { user, role, isForeign } = admission;
  return { info: { method: request.method ?? 'GET', path, query, server: server.section, user, role }, isForeign };
}

function handle(
  route: RouteHandler,
  request: IncomingMessage,
  response: ServerResponse,
  { info, server, maxBodyBytes }: { info: HttpRequestInfo; server: AnsweringServer; maxBodyBytes: number },
): void | Promise<void> {
  return route.handle({
    info,
    request,
    response,
    closing: server.closing,
    readBody: () => readBody(request, maxBodyBytes),
  });
}

function acceptsJson({ headers }: IncomingMessage): boolean {
  return /\bapplication\/json\b/i.test(headers.accept ?? '');
}

/** `/logtail/a%3Ab?x=1`; a proxy may send the whole address. */
function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const [, path = '', query = ''] = /^(?:https?:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/i.exec(target) ?? [];
  try {
    return { path: `/${decodeURIComponent(path).replace(/^\/+/, '')}`, query: new URLSearchParams(query) };
  } catch {
    throw new HttpRefusal(400, 'the path is not properly percent-encoded');
  }
}

function describe(error: unknown, request: IncomingMessage): string {
  const what = `${request.method} ${JSON.stringify(request.url?.slice(0, 200))}`;
  return `HTTP request ${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}`;
}
