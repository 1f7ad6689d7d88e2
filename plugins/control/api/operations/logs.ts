import { RpcFault } from '../../rpc/index.ts';
import { sendLog, type LogRequest } from '../log-stream.ts';
import type { Input, Operation, QueryParameter } from '../route.ts';
import type { Exchange } from '../../http/index.ts';
import type { ApiContext } from '../api-context.ts';

const QUERY: Readonly<Record<string, QueryParameter>> = {
  tail: { schema: { type: 'integer', minimum: 0 }, doc: 'How many bytes of what is there; all where it is left out.' },
  follow: { schema: { type: 'boolean' }, doc: '1: go on with what is added, until the client goes away.' },
  download: { schema: { type: 'boolean' }, doc: '1: a browser saves it as a file.' },
};

/** Logs: read, followed, saved. */
export function logOperations({ supervisor, logging }: ApiContext): Operation[] {
  const read = (
    about: Pick<Operation, 'path' | 'id' | 'doc'>,
    find: (name: string) => Pick<LogRequest, 'log' | 'name'>,
  ): Operation => ({
    ...about,
    method: 'GET',
    effect: 'reads',
    query: QUERY,
    errors: [404, 503],
    answer: {
      kind: 'own',
      doc: 'The bytes of the log; to clients that accept server-sent events, pieces of it as JSON strings.',
      types: ['text/plain', 'text/event-stream'],
    },
    handle: async ({ path, query }: Input, exchange: Exchange) => {
      exchange.beginStream();
      await sendLog(exchange, {
        ...find(path['name'] ?? ''),
        tail: typeof query['tail'] === 'number' ? query['tail'] : undefined,
        isFollowing: query['follow'] === true,
        isDownload: query['download'] === true,
      });
    },
  });

  const ofProcess = (channel: 'stdout' | 'stderr'): Operation =>
    read(
      {
        path: `/processes/{name}/logs/${channel}`,
        id: channel === 'stdout' ? 'readStdout' : 'readStderr',
        doc: `The ${channel} log of a process.`,
      },
      (name) => {
        const process = supervisor.find(name);
        if (process === undefined) throw new RpcFault('BAD_NAME', name);
        return { log: logging()?.childLog(process.view, channel), name: `${name}.${channel}.log` };
      },
    );
  return [
    ofProcess('stdout'),
    ofProcess('stderr'),
    read({ path: '/log', id: 'readDaemonLog', doc: "The daemon's own log." }, () => ({
      log: logging()?.activityLog(),
      name: `${supervisor.config.identifier}.log`,
    })),
  ];
}
