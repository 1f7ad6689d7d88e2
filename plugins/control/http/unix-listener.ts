import { watch, type FSWatcher } from 'node:fs';
import { Server } from 'node:net';
import { reasonOf, type Clock, type Timer } from '../../../core/index.ts';
import type { UnixServerSettings } from './server-settings.ts';
import { goOnListening, listenUnix, type SocketName } from './unix-socket.ts';

/** The socket file is recreated at most once per this time. */
const RESTORE_EVERY_MS = 1_000;

export interface ListenerContext {
  readonly clock: Clock;
  readonly log: (level: 'INFO' | 'WARN' | 'ERRO', text: string) => void;
}

/**
 * A listening unix socket that is recreated if its file is removed (by a cleanup of /tmp, or by `rm`): without a name,
 * the daemon could not be controlled. The kernel reports the removal (inotify); {@link restore} checks whenever it is
 * called. Another file under the name is left alone.
 */
export class UnixListener {
  readonly #server: Server;
  readonly #settings: UnixServerSettings;
  readonly #context: ListenerContext;
  #name: SocketName | undefined;
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  #restoredAt = -Infinity;
  #isBusy = false;
  #isClosed = false;

  constructor(server: Server, settings: UnixServerSettings, context: ListenerContext) {
    this.#server = server;
    this.#settings = settings;
    this.#context = context;
  }

  /** `inherited`: a socket that listens already. @throws as {@link listenUnix}. */
  async open(inherited?: number): Promise<void> {
    const { log } = this.#context;
    this.#name = inherited === undefined ? undefined : await goOnListening(this.#server, this.#settings, inherited);
    this.#name ??= await listenUnix(this.#server, this.#settings, (text) => log('INFO', text));
    this.#watch();
  }

  /** Listens again if the name is gone. Existing connections stay. */
  async restore(): Promise<void> {
    if (this.#isClosed || this.#isBusy || this.#name?.isOurs() === true) return;
    this.#isBusy = true;
    const { file } = this.#settings;
    const { clock, log } = this.#context;
    this.#restoredAt = clock.now();
    this.#watcher?.close();
    // It cannot be reached any more. Not the server's own close(): Node's HTTP would close idle connections with it.
    Server.prototype.close.call(this.#server);
    try {
      await this.open();
      log('WARN', `${file} was removed; it is there again`);
    } catch (error) {
      this.#name = undefined;
      log('ERRO', `${file} was removed and cannot be made again: ${reasonOf(error)}; SIGUSR2 tries once more`);
    }
    this.#isBusy = false;
    if (!this.#isClosed) return;
    this.#end(); // meanwhile
    this.#server.close();
  }

  /** Leaves the name to the next daemon. */
  leave(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#watcher?.close();
  }

  /** Removes the name. The server is closed by its owner. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    if (!this.#isBusy) this.#end();
  }

  #end(): void {
    this.#watcher?.close();
    this.#name?.remove();
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#settings.file, { persistent: false }, () => this.#changed());
      this.#watcher.on('error', () => undefined); // it is looked at with SIGUSR2 all the same
    } catch {
      // No inotify, or no watch left.
    }
  }

  #changed(): void {
    if (this.#timer !== undefined || this.#name?.isOurs() === true) return;
    const delayMs = Math.max(0, this.#restoredAt + RESTORE_EVERY_MS - this.#context.clock.now());
    this.#timer = this.#context.clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      void this.restore();
    });
  }
}
