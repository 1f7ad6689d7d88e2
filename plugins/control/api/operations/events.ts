import { HttpRefusal, sendPieces, type Exchange } from '../../http/index.ts';
import { EventStream } from '../event-stream.ts';
import { EVENTS, isApiEvent } from '../event-data.ts';
import { KEPT_EVENTS } from '../feed.ts';
import type { Input, Operation } from '../route.ts';
import type { ApiContext } from '../api-context.ts';
import { USAGE_EVENT } from '../usage-watch.ts';

/** The stream of events. */
export function eventOperations(site: ApiContext): Operation[] {
  return [
    {
      method: 'GET',
      path: '/events',
      id: 'streamEvents',
      doc:
        `Server-sent events. The last ${KEPT_EVENTS} are kept: a client that comes back with Last-Event-ID gets what it has missed, or an ` +
        'event gap {missed} where that is too much (missed is null after a restart of the daemon). Data has `at`, when it happened, and what is listed here. Events: ' +
        Object.entries(EVENTS)
          .map(([name, { doc }]) => `${name}: ${doc}`)
          .join(' ') +
        ` ${USAGE_EVENT}: ${USAGE_DOC}`,
      effect: 'reads',
      query: {
        events: {
          schema: { type: 'string' },
          doc: `Names separated by commas; all but ${USAGE_EVENT} where it is left out.`,
        },
        last: {
          schema: { type: 'integer', minimum: 0, maximum: KEPT_EVENTS },
          doc: 'How many of the last events to begin with, for a client without Last-Event-ID.',
        },
      },
      errors: [503],
      answer: { kind: 'own', doc: 'The events.', types: ['text/event-stream'] },
      handle: (input, exchange) => sendEvents(site, input, exchange),
    },
  ];
}

const USAGE_DOC =
  'What the processes use, every two seconds, to those who name it: {at, usages: [{namespec, cpu, memoryBytes, processes}]}.';

async function sendEvents({ feed, streams, usage }: ApiContext, { query }: Input, exchange: Exchange): Promise<void> {
  const names = typeof query['events'] === 'string' ? namesIn(query['events']) : undefined;
  const last = typeof query['last'] === 'number' ? query['last'] : 0;
  exchange.beginStream();
  const over = new AbortController();
  const lastId = exchange.request.headers['last-event-id'];
  const stream = new EventStream(
    feed,
    { names, lastId: Array.isArray(lastId) ? lastId[0] : lastId, last },
    over.signal,
  );
  const letGo = [streams.keepAlive(stream), ...(names?.has(USAGE_EVENT) === true ? [usage.follow(stream)] : [])];
  try {
    exchange.response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Accel-Buffering': 'no', // otherwise nginx would delay events
    });
    await sendPieces(exchange, stream, over);
  } finally {
    for (const undo of letGo) undo();
  }
}

function namesIn(text: string): ReadonlySet<string> {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => name !== USAGE_EVENT && !isApiEvent(name));
  if (wrong === undefined) return new Set(names);
  throw new HttpRefusal(
    400,
    `query parameter events: there is no event ${JSON.stringify(wrong.slice(0, 80))}; known: ${[...Object.keys(EVENTS), USAGE_EVENT].join(', ')}`,
    {},
    { code: 'INCORRECT_PARAMETERS' },
  );
}
