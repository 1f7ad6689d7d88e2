import { closeSync, type Stats } from 'node:fs';
import {
  isSameFile,
  locate,
  LONGEST_SOCKET_PATH,
  lookAt,
  NewSocket,
  reasonOf,
  socketPath,
  TsvError,
  type Located,
} from '../../../core/index.ts';
import { fcgiError } from './errors.ts';
import type { FcgiSocket, FcgiValues } from './options.ts';

/** The system calls behind a socket; core/posix.ts has them. */
export interface SocketCalls {
  listenTcp(address: string, port: number, backlog: number): number;
  listenUnix(path: string, backlog: number): number;
  isListening(path: string): boolean;
}

export interface Surroundings {
  readonly calls: () => SocketCalls;
  /** The IPv4 address of a host. Throws why there is none. */
  readonly addressOf: (host: string) => string;
  readonly log: (text: string) => void;
  /** Keeps the socket for another daemon, if this one is killed; `undefined`: it is not needed any more. */
  readonly hold: (fd: number | undefined) => void;
  /** The socket of the daemon before. */
  readonly takeOver: () => number | undefined;
}

/** The kernel cuts it down to net.core.somaxconn. */
const LONGEST_BACKLOG = 4_096;
const PRIVATE = 0o700;

/**
 * The listening socket that the processes of a group share. The daemon never accepts from it. It keeps the socket open,
 * so that pending connections of a process that dies go to the others, or to its successor. Supervisor:
 * socket_manager.py.
 */
export class SharedSocket {
  readonly #options: FcgiValues;
  readonly #around: Surroundings;
  #fd: number | undefined;
  /** The file of the last unix socket that was created here; its processes may outlive the stop of the group. */
  #file: Stats | undefined;

  constructor(options: FcgiValues, around: Surroundings) {
    this.#options = options;
    this.#around = around;
  }

  /**
   * Returns the descriptor. Creates the socket if there is none, or if its file was removed: then it could not be
   * reached. The object stays its owner.
   * @throws TSV_FCGI_…
   */
  open(): number {
    const { socket } = this.#options;
    if (this.#fd !== undefined && socket.kind === 'unix' && look(socket.path) === undefined) this.close();
    if (this.#fd !== undefined || this.#takeOver()) return this.#fd ?? -1;
    this.#around.log(`Creating socket ${socket.url}`);
    this.#fd = socket.kind === 'unix' ? this.#openUnix(socket) : this.#openTcp(socket);
    this.#around.hold(this.#fd);
    return this.#fd;
  }

  /** Goes on with the socket of the daemon before, which its processes have. */
  #takeOver(): boolean {
    const fd = this.#around.takeOver();
    if (fd === undefined) return false;
    const { socket } = this.#options;
    this.#fd = fd;
    if (socket.kind === 'unix') this.#file = look(socket.path);
    this.#around.hold(fd);
    return true;
  }

  /** Closing twice is harmless. A unix socket leaves no file behind. */
  close(): void {
    if (this.#fd === undefined) return;
    const { socket } = this.#options;
    this.#around.log(`Closing socket ${socket.url}`);
    this.#around.hold(undefined);
    closeSync(this.#fd);
    this.#fd = undefined;
    if (socket.kind === 'unix') this.#removeFile(socket.path);
  }

  #openTcp({ url, host, port }: Extract<FcgiSocket, { kind: 'tcp' }>): number {
    const address = attempt('TSV_FCGI_HOST', url, () => this.#around.addressOf(host));
    const calls = attempt('TSV_FCGI_UNSUPPORTED', url, this.#around.calls);
    return attempt('TSV_FCGI_SOCKET', url, () => calls.listenTcp(address, port, this.#backlog));
  }

  #openUnix({ url, path }: Extract<FcgiSocket, { kind: 'unix' }>): number {
    const calls = attempt('TSV_FCGI_UNSUPPORTED', url, this.#around.calls);
    return attempt('TSV_FCGI_SOCKET', url, () => {
      if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
        throw new Error(`the path is longer than ${LONGEST_SOCKET_PATH} bytes`);
      }
      using place = locate(path, { last: 'keep' });
      return this.#publish(calls, place, { url, path });
    });
  }

  /** In the folder, which is held open: its owner may replace the path in the meantime. */
  #publish(calls: SocketCalls, { folder, name }: Located, { url, path }: { url: string; path: string }): number {
    const found = folder.look(name);
    if (found !== undefined && !found.isSocket()) throw fcgiError('TSV_FCGI_IN_THE_WAY', [url]);
    if (found !== undefined && !this.#isOurs(found) && calls.isListening(socketPath(folder, name, path)))
      throw fcgiError('TSV_FCGI_IN_USE', [url]);
    using made = new NewSocket(folder);
    const fd = calls.listenUnix(made.path, this.#backlog);
    try {
      const { socket_owner: owner, socket_mode: mode } = this.#options;
      if (owner !== undefined) made.setOwner(owner.uid, owner.gid);
      made.setMode(mode ?? PRIVATE);
      if (found !== undefined) folder.removeIfThere(name);
      made.publish(name);
      this.#file = made.stats();
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  #removeFile(path: string): void {
    try {
      using place = locate(path, { last: 'keep' });
      if (this.#isOurs(place.folder.look(place.name))) place.folder.remove(place.name);
    } catch {
      // Its folder is gone or was replaced: nothing of ours is there.
    }
  }

  #isOurs(file: Stats | undefined): boolean {
    return this.#file !== undefined && isSameFile(file, this.#file);
  }

  get #backlog(): number {
    return this.#options.socket_backlog ?? LONGEST_BACKLOG;
  }
}

function look(path: string): Stats | undefined {
  try {
    return lookAt(path, { last: 'keep' });
  } catch {
    return undefined;
  }
}

function attempt<Result>(
  code: 'TSV_FCGI_SOCKET' | 'TSV_FCGI_HOST' | 'TSV_FCGI_UNSUPPORTED',
  url: string,
  action: () => Result,
): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof TsvError) throw error; // it has its own words
    throw fcgiError(code, [url, reasonOf(error)], error);
  }
}
