import type { Process, ProcessView } from '../../../core/index.ts';
import type { Exchange, HttpRequestInfo, RouteHandler } from '../http/index.ts';
import type { Channel, ChildLog } from '../../output/logging/index.ts';
import { allow, sendAsset, sendMessage, sendPage, sendText } from './responses.ts';
import { assetAt } from './assets.ts';
import { confirmPage } from './confirm-page.ts';
import { limitOf, readEnd } from './log-end.ts';
import type { Status } from './status.ts';
import { statusPage } from './status-page.ts';
import { noTailPage, tailPage } from './tail-page.ts';
import { fieldOf, needsConsent, readFormAction, type FormAction } from './form-action.ts';

/** What the pages need of the supervisor. */
export interface Site {
  readonly status: () => Status;
  readonly find: (name: string) => Pick<Process, 'view'> | undefined;
  readonly logOf: (process: ProcessView, channel: Channel) => ChildLog | undefined;
  /** Resolves when the action is complete, with the message about it. */
  readonly perform: (formAction: FormAction, user: string | undefined) => Promise<string>;
}

const READING = ['GET', 'HEAD'];

/** The handler of a path; `undefined` for other paths. */
export function routesOf(
  site: Site,
): (info: Pick<HttpRequestInfo, 'method' | 'path' | 'query'>) => RouteHandler | undefined {
  const reads = (handle: (exchange: Exchange) => void | Promise<void>): RouteHandler => ({
    effect: 'reads',
    handle: (exchange) => {
      allow(exchange, READING);
      return handle(exchange);
    },
  });
  const shown = reads((exchange) => showStatus(site, exchange));
  const acting: RouteHandler = { effect: 'changes', handle: (exchange) => act(site, exchange) };
  const confirm = reads((exchange) => showConfirmation(site, exchange));
  const tail = reads((exchange) => showTail(site, exchange));
  const ok = reads((exchange) => sendText(exchange, 'OK'));

  return ({ method, path, query }) => {
    switch (path) {
      case '/':
      case '/index.html':
        // A form has its fields in the body, which nobody has read yet.
        return method === 'POST' || fieldOf(query, 'action') !== undefined ? acting : shown;
      case '/confirm.html':
        return confirm;
      case '/tail.html':
        return tail;
      case '/ok.html':
        return ok;
      default: {
        const asset = assetAt(path);
        return asset && reads(async (exchange) => sendAsset(exchange, await asset()));
      }
    }
  };
}

function showStatus(site: Site, exchange: Exchange): Promise<void> {
  return sendPage(exchange, statusPage(site.status(), fieldOf(exchange.info.query, 'message')));
}

/** `GET` performs actions, too, because scripts use it; `HEAD` never does. */
async function act(site: Site, exchange: Exchange): Promise<void> {
  allow(exchange, ['GET', 'POST']);
  const { info, request } = exchange;
  const fields = info.method === 'POST' ? await formOf(exchange) : info.query;
  const formAction = readFormAction(fields);
  if (formAction === undefined) return showStatus(site, exchange);
  if (needsConsent({ method: info.method, headers: request.headers }))
    return sendConfirmation(site, exchange, formAction);
  sendMessage(exchange, await site.perform(formAction, info.user));
}

/** The fields of the body come before those of the address, as with Supervisor. */
async function formOf({ info, readBody }: Exchange): Promise<URLSearchParams> {
  const body = new URLSearchParams((await readBody()).toString());
  return new URLSearchParams([...body, ...info.query]);
}

function showConfirmation(site: Site, exchange: Exchange): Promise<void> {
  const formAction = readFormAction(exchange.info.query);
  if (formAction === undefined) return showStatus(site, exchange);
  return sendConfirmation(site, exchange, formAction);
}

function sendConfirmation(site: Site, exchange: Exchange, formAction: FormAction): Promise<void> {
  const processes = site.status().groups.flatMap((group) => group.processes);
  return sendPage(exchange, confirmPage(formAction, processes));
}

function showTail({ find, logOf }: Site, exchange: Exchange): Promise<void> {
  const { query } = exchange.info;
  const name = fieldOf(query, 'processname');
  if (name === undefined) return sendPage(exchange, noTailPage('No process name found'), 400);
  const process = find(name);
  if (process === undefined) return sendPage(exchange, noTailPage(`No such process named ${name}`), 404);
  const channel = fieldOf(query, 'channel') === 'stderr' ? 'stderr' : 'stdout';
  const limit = limitOf(fieldOf(query, 'limit'));
  return sendPage(exchange, tailPage({ name, channel, limit, end: readEnd(logOf(process.view, channel), limit) }));
}
