import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { Clock, Supervisor } from '../../../core/index.ts';
import { stateService, type HandOver } from '../../host/persist/index.ts';
import { accountsOf } from './accounts.ts';
import { answer } from './answer.ts';
import { BUDGETS, Usage, type Budgets } from './budgets.ts';
import type { PeerUid } from './client-identity.ts';
import { Connections } from './connections.ts';
import { DescriptorRoom } from './descriptor-room.ts';
import { httpError } from './errors.ts';
import { Gate, type AdmissionPolicy } from './gate.ts';
import { log } from './log.ts';
import { HttpRefusal, refuse } from './refusal.ts';
import { ownNames } from './same-site.ts';
import type { InetServerSettings, ServerSettings } from './server-settings.ts';
import { listenTcp, resolveAddress, type TcpAddress } from './tcp-port.ts';
import { UnixListener, type ListenerContext } from './unix-listener.ts';

export interface ServersOptions extends Pick<ServerContext, 'hosts' | 'openTcp'> {
  readonly maxBodyBytes: number;
  readonly budgets?: Budgets;
}

/** The servers of one supervisor, which share all budgets. */
export interface OpenServers {
  /** Listens. Requests wait until {@link answerAll}. @throws the codes of errors.ts. */
  open(settings: ServerSettings): Promise<void>;
  /** Call it when everything else is ready: answers waiting requests, and from then on all requests at once. */
  answerAll(): void;
  makeRoomForProgram(): void;
  /** Recreates the files of unix sockets that were removed. */
  restore(): void;
  /** Answers what was asked, and gives the listening sockets to the next daemon: clients that connect meanwhile wait. */
  handOver(to: HandOver): Promise<void>;
  /** Ends within a few seconds, whatever clients do. */
  close(): Promise<void>;
}

export async function openServers(
  supervisor: Supervisor,
  { hosts, openTcp, maxBodyBytes, budgets = BUDGETS }: ServersOptions,
): Promise<OpenServers> {
  const { clock } = supervisor;
  /** Requests that arrived before everything was ready; no more than there may be connections. */
  let waiting: Waiting[] | undefined = [];
  const usage = new Usage(budgets);
  const gate = new Gate({ clock, peerUid: await findPeerUid(), warn: (text) => log(supervisor, 'WARN', text) });
  const room = new DescriptorRoom({
    fewConnections: budgets.fewConnections,
    report: (is, { free, limit }) =>
      is === 'scarce'
        ? log(
            supervisor,
            'WARN',
            `only ${free} of ${limit} file descriptors are free: connections over TCP are closed, to keep the rest for programs and` +
              ' unix sockets; raise the limit (minfds in [supervisord], ulimit -n, LimitNOFILE in systemd)',
          )
        : log(
            supervisor,
            'INFO',
            `${free} of ${limit} file descriptors are free again: connections over TCP are accepted`,
          ),
  });
  const context: ServerContext = {
    clock,
    log: (level, text) => log(supervisor, level, text),
    inherited: (name) => supervisor.use(stateService)?.takeOver(name, 0),
    hosts,
    openTcp,
    budgets,
    usage,
    room,
    answer(request, response, server) {
      const start = (): void =>
        void answer(request, response, { supervisor, server, gate, usage, budgets, maxBodyBytes });
      if (waiting === undefined) start();
      else waiting.push({ start, refuse: () => refuseWaiting(response) });
    },
  };
  const servers: OpenServer[] = [];

  return {
    async open(settings) {
      servers.push(await openServer(settings, context));
    },
    answerAll() {
      for (const { section, isProtected } of servers) {
        if (isProtected) continue;
        log(supervisor, 'CRIT', `Server '${section}' running without any HTTP authentication checking`);
      }
      for (const { start } of waiting?.splice(0) ?? []) start();
      waiting = undefined;
    },
    makeRoomForProgram: () => room.makeRoomForProgram(),
    restore() {
      for (const server of servers) void server.restore();
    },
    async handOver(to) {
      await Promise.all(servers.splice(0).map((server) => server.handOver(to)));
    },
    async close() {
      // The supervisor did not start: a request carried out now would start a program that nobody stops.
      await Promise.all(waiting?.splice(0).map((request) => request.refuse()) ?? []);
      await Promise.all(servers.splice(0).map((server) => server.close()));
      gate.close();
    },
  };
}

/** A request that arrived before everything was ready. */
interface Waiting {
  readonly start: () => void;
  readonly refuse: () => Promise<void>;
}

/** Resolves once the refusal is sent, or the client is gone. */
function refuseWaiting(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    refuse(response, new HttpRefusal(503, 'the daemon could not be started', { Connection: 'close' }));
  });
}

/** Without the system calls, all clients of a unix socket count as one. */
async function findPeerUid(): Promise<PeerUid> {
  try {
    const { loadPosix } = await import('../../../core/posix.ts');
    const posix = loadPosix();
    return (fd) => posix.peerUid(fd);
  } catch {
    return () => undefined;
  }
}

interface ServerContext extends ListenerContext {
  readonly clock: Clock;
  /** The listening socket that this process has from before it became this program. */
  readonly inherited: (name: string) => number | undefined;
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

interface OpenServer {
  readonly section: string;
  readonly isProtected: boolean;
  /** Recreates the file of a unix socket if it was removed. */
  restore(): Promise<void>;
  handOver(to: HandOver): Promise<void>;
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
async function openServer(settings: ServerSettings, context: ServerContext): Promise<OpenServer> {
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

  const name = nameOf(settings, address);
  const inherited = context.inherited(name);
  const unix = settings.type === 'unix' ? new UnixListener(server, settings, context) : undefined;
  if (unix !== undefined) await unix.open(inherited);
  else if (address !== undefined) await listenTcp(server, address, inherited);

  // A connection could not be accepted (EMFILE). libuv retries by itself, and the server is otherwise fine.
  server.on('error', () => room.failed());

  return {
    section,
    isProtected: accounts !== undefined,
    restore: async () => unix?.restore(),
    async handOver(to) {
      const fd = descriptorOf(server);
      if (fd !== undefined) to.keep(name, fd);
      unix?.leave();
      closing.abort();
      await connections.drain();
    },
    async close() {
      unix?.close();
      closing.abort();
      await connections.close();
    },
  };
}

/** By which the next daemon finds its listening socket. */
function nameOf(settings: ServerSettings, address: TcpAddress | undefined): string {
  return settings.type === 'unix' ? `listen ${settings.file}` : `listen ${address?.ip ?? '*'}:${address?.port}`;
}

/** A descriptor of the listening socket. Node shows it to nobody else. */
function descriptorOf(server: Server): number | undefined {
  const { _handle: handle } = server as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd;
}

function namesOf({ host, hosts = [] }: InetServerSettings, context: ServerContext): ReadonlySet<string> {
  return ownNames(hostname(), [host, ...hosts, ...context.hosts]);
}
