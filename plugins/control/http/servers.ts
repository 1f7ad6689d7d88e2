import type { ServerResponse } from 'node:http';
import type { Supervisor } from '../../../core/index.ts';
import { answer } from './answer.ts';
import { BUDGETS, Usage, type Budgets } from './budgets.ts';
import { DescriptorRoom } from './descriptor-room.ts';
import { Gate } from './gate.ts';
import type { PeerUid } from './client-identity.ts';
import { log } from './log.ts';
import type { ServerSettings } from './server-settings.ts';
import { HttpRefusal, refuse } from './refusal.ts';
import { openServer, type OpenServer, type ServerContext } from './server.ts';

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
