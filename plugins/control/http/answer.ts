import type { IncomingMessage, ServerResponse } from 'node:http';
import { mayOpen, reasonOf, type Supervisor } from '../../../core/index.ts';
import { readBody } from './body.ts';
import { claimantOf, overloaded, type Budgets, type Claimant, type Usage } from './budgets.ts';
import type { Gate } from './gate.ts';
import { getHttpHooks, type Exchange, type HttpRequestInfo, type RouteHandler } from './hooks.ts';
import { log } from './log.ts';
import { HttpRefusal, refuse } from './refusal.ts';
import type { AnsweringServer } from './servers.ts';

export interface AnswerContext {
  readonly supervisor: Supervisor;
  readonly server: AnsweringServer;
  readonly gate: Gate;
  readonly usage: Usage;
  readonly budgets: Budgets;
  readonly maxBodyBytes: number;
}

/** Handles one request: admission, the budgets, the routes of other plugins, and errors. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: AnswerContext,
): Promise<void> {
  const { supervisor, server, usage } = context;
  response.on('error', () => undefined); // the client went away: nothing is lost, and `close` follows
  let route: RouteHandler | undefined;
  let isCounted = false;
  try {
    const { info, isForeign } = read(request, context);
    const claimant = claimantOf(info.role, server.type);
    usage.checkAnswers(claimant);
    route = getHttpHooks(supervisor).routes.call(info);
    if (route === undefined) throw new HttpRefusal(404, `there is nothing at ${info.path}`);
    if (isForeign && route.effect === 'changes') {
      throw new HttpRefusal(403, 'a page of another site may not do this');
    }
    if (info.role === 'viewer' && route.effect === 'changes' && route.judgesRole !== true) {
      throw new HttpRefusal(403, 'this account may only look');
    }
    usage.take('requests', 1, claimant);
    isCounted = true;
    await route.handle(exchangeOf({ request, response, info, claimant }, context));
  } catch (error) {
    if (!(error instanceof HttpRefusal)) log(supervisor, 'ERRO', describe(error, request));
    const refusal = error instanceof HttpRefusal ? error : new HttpRefusal(500, 'the daemon failed; see its log');
    if (response.headersSent && !response.writableEnded) response.destroy();
    else refuse(response, refusal, route?.refusals ?? (acceptsJson(request) ? 'json' : 'text'));
  } finally {
    // Not aborted when the client disconnects: its operation continues.
    if (isCounted) usage.giveBack('requests', 1);
  }
}

function read(
  request: IncomingMessage,
  { server, gate }: AnswerContext,
): { info: HttpRequestInfo; isForeign: boolean } {
  const { user, role, isForeign } = gate.admit(request, server.policy);
  const { path, query } = splitTarget(request.url ?? '/');
  return { info: { method: request.method ?? 'GET', path, query, server: server.section, user, role }, isForeign };
}

interface Admitted extends Pick<Exchange, 'request' | 'response' | 'info'> {
  readonly claimant: Claimant;
}

/** What a handler gets. Its part of the budgets is released when the answer is complete. */
function exchangeOf(
  { request, response, info, claimant }: Admitted,
  { server, usage, budgets, maxBodyBytes }: AnswerContext,
): Exchange {
  const givenBack: (() => void)[] = [];
  let isOver = false;
  response.once('close', () => {
    isOver = true;
    for (const giveBack of givenBack.splice(0)) giveBack();
  });
  const take = (budget: 'streams' | 'bodyBytes', amount: number): void => {
    if (isOver) throw new HttpRefusal(400, 'the client is gone');
    usage.take(budget, amount, claimant);
    givenBack.push(() => usage.giveBack(budget, amount));
  };
  const maxBytes = claimant === 'viewer' ? Math.min(maxBodyBytes, budgets.viewerBodyBytes) : maxBodyBytes;
  return {
    info,
    request,
    response,
    closing: server.closing,
    async readBody() {
      const body = await readBody(request, { maxBytes, hold: (bytes) => take('bodyBytes', bytes) });
      usage.checkAnswers(claimant); // other answers may have grown in the meantime
      return body;
    },
    beginStream() {
      // For the log file that is read; the connection already has its descriptor.
      if (!mayOpen(claimant === 'local' ? 'control' : 'network', 1)) {
        throw overloaded(
          'TOO_FEW_DESCRIPTORS',
          'too few file descriptors are left for a stream; raise minfds or ulimit -n',
        );
      }
      take('streams', 1);
    },
  };
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
