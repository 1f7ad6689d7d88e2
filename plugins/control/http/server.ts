import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../core/index.ts';
import { accountsOf } from './accounts.ts';
import type { AdmissionPolicy } from './gate.ts';
import type { Budgets, Usage } from './budgets.ts';
import { Connections } from './connections.ts';
import type { DescriptorRoom } from './descriptor-room.ts';
import { httpError } from './errors.ts';
import type { InetServerSettings, ServerSettings } from './server-settings.ts';
import { ownNames } from './same-site.ts';
import { listenTcp, resolveAddress } from './tcp-port.ts';
import { UnixListener, type ListenerContext } from './unix-listener.ts';

export interface ServerContext extends ListenerContext {
  readonly clock: Clock;
  /** Names in `Host` besides those that every machine has. */
  readonly hosts: readonly string[];
  /** What to do with a TCP server without a password that other machines can reach. */
  readonly openTcp: 'refuse' | 'warn';
  readonly budgets: Budgets;
  readonly usage: Usage;
  readonly room: DescriptorRoom;
  readonly answer: (request: IncomingMessage, response: ServerResponse, server: AnsweringServer) => void;
}

/** What an answer depends on besides the request. */
export interface AnsweringServer {
  readonly section: string;
  readonly type: ServerSettings['type'];
  readonly policy: AdmissionPolicy;
  readonly closing: AbortSignal;
}

export interface OpenServer {
  readonly section: string;
  readonly isProtected: boolean;
  /** Recreates the file of a unix socket if it was removed. */
  restore(): Promise<void>;
  /** Ends within a few seconds, whatever clients do. */
  close(): Promise<void>;
}

/**
 * Node checks its connections at an interval; connections.ts does it without one, so this interval is practically
 * infinite.
 */
const NEVER_MS = 2 ** 31 - 1;

/**
 * Opens one server of the configuration.
 * @throws the codes of errors.ts.
 */
export async function openServer(settings: ServerSettings, context: ServerContext): Promise<OpenServer> {
  const { clock, budgets, usage, room, answer } = context;
  const accounts = accountsOf(settings);
  const address = settings.type === 'inet' ? await resolveAddress(settings) : undefined;
  if (address?.isLoopback === false && !accounts?.admin.password && context.openTcp === 'refuse') {
    throw httpError('TSV_HTTP_NO_PASSWORD', [settings.section, `${address.ip ?? '*'}:${address.port}`]);
  }

  const { createServer } = await import('node:http');
  const server = createServer({
    connectionsCheckingInterval: NEVER_MS,
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
    requireHostHeader: false, // hand-written HTTP clients leave it out; a browser never does
  });
  const { section, type } = settings;
  const connections: Connections = new Connections(server, {
    clock,
    budgets,
    hasDescriptor: () => room.admit(type, connections),
  });
  usage.countAnswers(() => connections.heldBytes);
  room.add(type, connections);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each stream
  const names = settings.type === 'inet' ? namesOf(settings, context) : undefined;
  const answering: AnsweringServer = { section, type, closing: closing.signal, policy: { section, accounts, names } };
  server.on('request', (request, response) => {
    connections.track(request, response);
    answer(request, response, answering);
  });

  const unix = settings.type === 'unix' ? new UnixListener(server, settings, context) : undefined;
  if (unix !== undefined) await unix.open();
  else if (address !== undefined) await listenTcp(server, address);

  // A connection could not be accepted (EMFILE). libuv retries by itself, and the server is otherwise fine.
  server.on('error', () => room.failed());

  return {
    section,
    isProtected: accounts !== undefined,
    restore: async () => unix?.restore(),
    async close() {
      unix?.close();
      closing.abort();
      await connections.close();
    },
  };
}

function namesOf({ host, hosts = [] }: InetServerSettings, context: ServerContext): ReadonlySet<string> {
  return ownNames(hostname(), [host, ...hosts, ...context.hosts]);
}
