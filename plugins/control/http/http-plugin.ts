import type { Plugin, Supervisor } from '../../../core/index.ts';
import { getPersistHooks } from '../../host/persist/index.ts';
import { getHttpHooks } from './hooks.ts';
import { checks, print, resolve, sections } from './options.ts';
import { serversOf } from './server-settings.ts';
import type { OpenServers } from './servers.ts';

export interface HttpPluginOptions {
  /** The maximal length of a request body. Default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** Names by which browsers may address this server, besides IP addresses, `localhost` and this machine's name. */
  readonly hosts?: readonly string[];
  /**
   * A TCP server without a password that other machines can reach: `refuse` to start (default), or `warn` in the log
   * and allow everybody. Supervisor does the latter, and so must a program that takes over its configuration.
   */
  readonly openTcp?: 'refuse' | 'warn';
}

/**
 * Listens on unix and TCP sockets (`[unix_http_server]`, `[inet_http_server]`), authenticates clients, and lets other
 * plugins answer through the hook `routes`. Opens nothing if the configuration has no server.
 */
export class HttpPlugin implements Plugin {
  readonly name = 'http';
  readonly sections = sections;
  readonly checks = checks;
  readonly resolve = resolve;
  readonly print = print;
  static readonly getHooks = getHttpHooks;
  readonly #options: Required<HttpPluginOptions>;

  constructor({ maxBodyBytes = 8 * 2 ** 20, hosts = [], openTcp = 'refuse' }: HttpPluginOptions = {}) {
    this.#options = { maxBodyBytes, hosts, openTcp };
  }

  apply(supervisor: Supervisor): void {
    const { maxBodyBytes, hosts, openTcp } = this.#options;
    let opened: OpenServers | undefined;

    // Before anything is opened or removed: if another daemon uses the address, it also uses the logs and the journal.
    supervisor.hooks.start.tapPromise({ name: this.name, stage: -200 }, async () => {
      const servers = serversOf(supervisor.config.sections);
      if (servers.length === 0) return;
      const { openServers } = await import('./servers.ts');
      opened = await openServers(supervisor, { maxBodyBytes, hosts, openTcp });
      for (const settings of servers) await opened.open(settings);
    });
    // Last: when clients connect, everything else is ready.
    supervisor.hooks.start.tap({ name: this.name, stage: 100 }, () => opened?.answerAll());

    // First: before the pipes of the program are opened.
    supervisor.hooks.spawn.tap({ name: this.name, stage: -100 }, (plan) => {
      opened?.makeRoomForProgram();
      return plan;
    });

    supervisor.events.on('log:reopened', () => opened?.restore(), this.name);

    // First: no request must reach a daemon that is about to be another one.
    getPersistHooks(supervisor).handOver.tapPromise({ name: this.name, stage: -100 }, async (to) =>
      opened?.handOver(to),
    );

    // First: no request must reach a plugin that is already closed.
    supervisor.hooks.shutdown.tapPromise({ name: this.name, stage: -100 }, async () => {
      await opened?.close();
      opened = undefined;
    });
  }
}
