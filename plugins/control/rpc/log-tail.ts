import type { Supervisor } from '../../../core/index.ts';
import { HttpRefusal, sendPieces, type Exchange, type RouteHandler } from '../http/index.ts';
import { loggingService, type ChildLog } from '../../output/logging/index.ts';

/**
 * `/logtail/NAME[/stdout|/stderr]` and `/mainlogtail`: the end of a log and everything appended to it, as a plain text
 * stream without end. `supervisorctl tail -f` reads these.
 */
export function createLogTails(supervisor: Supervisor): (path: string) => RouteHandler | undefined {
  const logging = () => supervisor.use(loggingService);
  const mainLog: RouteHandler = { effect: 'reads', handle: (exchange) => stream(exchange, logging()?.activityLog()) };
  return (path) => {
    if (path === '/mainlogtail' || path === '/mainlogtail/') return mainLog;
    const target = parseTail(path);
    if (target === undefined) return undefined;
    const process = supervisor.find(target.name);
    const log = process && logging()?.childLog(process.view, target.channel);
    return { effect: 'reads', handle: (exchange) => stream(exchange, log) };
  };
}

/** The process and the channel in a path; `undefined` for other paths. Does not check that the process exists. */
export function parseTail(path: string): { name: string; channel: 'stdout' | 'stderr' } | undefined {
  const [, name, channel = 'stdout'] = /^\/logtail\/([^/]+)(?:\/([^/]*))?$/.exec(path) ?? [];
  if (name === undefined || (channel !== 'stdout' && channel !== 'stderr')) return undefined;
  return { name, channel };
}

async function stream(exchange: Exchange, log: Pick<ChildLog, 'follow'> | undefined): Promise<void> {
  const { info, response } = exchange;
  if (info.method !== 'GET' && info.method !== 'HEAD') {
    throw new HttpRefusal(405, 'a log is read with GET', { Allow: 'GET, HEAD' });
  }
  exchange.beginStream();
  const over = new AbortController();
  const pieces = log?.follow({ signal: over.signal });
  if (pieces === undefined) throw new HttpRefusal(404, 'there is no such log');
  response.writeHead(200, {
    'Content-Type': 'text/plain;charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'X-Accel-Buffering': 'no', // otherwise nginx would buffer pages of it
  });
  await sendPieces(exchange, pieces, over);
}
