import {
  readOptions,
  type Group,
  type GroupConfig,
  type Plugin,
  type State,
  type Supervisor,
} from '../../../core/index.ts';
import { stateService } from '../../host/persist/index.ts';
import { loggingService } from '../../output/logging/index.ts';
import { Addresses } from './addresses.ts';
import { checks, fcgiOptions, programKinds, sections, type FcgiValues } from './options.ts';
import { SharedSocket, type SocketCalls } from './shared-socket.ts';

/**
 * Programs that share a listening socket on descriptor 0, as FastCGI requires. The socket is created at the first start
 * of a process of the group, and closed when none of them runs or is about to.
 */
export class FcgiPlugin implements Plugin {
  readonly name = 'fcgi';
  readonly sections = sections;
  readonly checks = checks;
  readonly programKinds = programKinds;

  apply(supervisor: Supervisor): void {
    const addresses = new Addresses();
    const sockets = new Map<string, SharedSocket>();
    let loaded: LoadedCalls = { kind: 'failed', error: new Error('they have not been loaded') };

    // Last, because other plugins add groups there. Everything slow is done here, so that a start does not wait.
    supervisor.hooks.config.tapPromise({ name: this.name, stage: 1_000 }, async (config) => {
      const own = config.groups.filter(isFcgi).map(valuesOf);
      if (own.length > 0) loaded = await loadCalls();
      await addresses.learn(own.flatMap(({ socket }) => (socket.kind === 'tcp' ? [socket.host] : [])));
      return config;
    });

    const socketOf = (config: GroupConfig): SharedSocket => {
      const socket =
        sockets.get(config.name) ??
        new SharedSocket(valuesOf(config), {
          calls: () => {
            if (loaded.kind === 'failed') throw loaded.error;
            return loaded.calls;
          },
          addressOf: (host) => addresses.get(host),
          log: (text) => supervisor.use(loggingService)?.log('INFO', text),
          hold(fd) {
            const state = supervisor.use(stateService);
            if (fd === undefined) state?.release(`socket ${config.name}`);
            else state?.hold(`socket ${config.name}`, fd);
          },
          takeOver: () => supervisor.use(stateService)?.takeOver(`socket ${config.name}`, 0),
        });
      sockets.set(config.name, socket);
      return socket;
    };

    supervisor.hooks.spawn.tap(this.name, (plan, process) => {
      const config = supervisor.groups.get(process.group)?.config;
      if (!isFcgi(config)) return plan;
      const [, stdout, stderr] = plan.stdio;
      return { ...plan, stdio: [{ kind: 'fd', fd: socketOf(config).open() }, stdout, stderr] };
    });

    // Its processes have the socket of the daemon before; theirs is to be that of the next ones.
    supervisor.hooks.resumed.tap(this.name, ({ group, pid }) => {
      const config = supervisor.groups.get(group)?.config;
      if (pid !== 0 && isFcgi(config)) socketOf(config).open();
    });

    const closeUnneeded = (name: string): void => {
      const group = supervisor.groups.get(name);
      if (group === undefined || !needsSocket(group)) sockets.get(name)?.close();
    };
    supervisor.events.on(
      'process:state',
      ({ process: { group } }) => {
        // A restart in the same moment is seen first, and keeps the socket.
        if (sockets.has(group)) queueMicrotask(() => closeUnneeded(group));
      },
      this.name,
    );
    supervisor.events.on(
      'group:removed',
      ({ group }) => {
        sockets.get(group)?.close();
        sockets.delete(group);
      },
      this.name,
    );
    supervisor.hooks.shutdown.tap(this.name, () => {
      for (const socket of sockets.values()) socket.close();
    });
  }
}

type LoadedCalls =
  | { readonly kind: 'calls'; readonly calls: SocketCalls }
  | { readonly kind: 'failed'; readonly error: unknown };

async function loadCalls(): Promise<LoadedCalls> {
  try {
    const { loadPosix } = await import('../../../core/posix.ts');
    return { kind: 'calls', calls: loadPosix() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function isFcgi(config: GroupConfig | undefined): config is GroupConfig {
  return config?.kind === 'fcgi';
}

function valuesOf({ name, options }: GroupConfig): FcgiValues {
  const { socket, socket_mode, socket_backlog } = readOptions(options, fcgiOptions);
  if (socket === undefined) throw new Error(`fcgi group ${name} has no socket`);
  // The names of the owner have been looked up, which the table does not say.
  const socket_owner = options['socket_owner'] as FcgiValues['socket_owner'];
  return { socket, socket_owner, socket_mode, socket_backlog };
}

const WITHOUT: readonly State[] = ['STOPPED', 'EXITED', 'FATAL'];

/** Whether a process of the group runs, or is about to: it waits for a retry or a restart. */
function needsSocket(group: Group): boolean {
  return group.inStartOrder.some(({ state, isStoppable }) => !WITHOUT.includes(state) || isStoppable);
}
