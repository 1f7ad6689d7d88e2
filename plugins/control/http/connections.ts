import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Clock, Timer } from '../../../core/index.ts';
import type { Budgets } from './budgets.ts';

/** How long a client that has connected has for its first request, while the server hands over. */
const NEW_CLIENT_MS = 250;
const DRAIN_LOOK_MS = 5;

export interface ConnectionsOptions {
  readonly clock: Clock;
  readonly budgets: Budgets;
  /** Whether there is a descriptor for a connection that was just accepted. */
  readonly hasDescriptor: () => boolean;
}

/**
 * Limits the connections of a server.
 *
 * Node checks its own time limits at an interval, which would wake the daemon for ever. Here a timer exists only while
 * a client must send or read something. A connection between two requests may stay idle for ever, as with Supervisor:
 * event listeners keep theirs open for days and do not reconnect. Connections are limited in number, not in age.
 */
export class Connections {
  readonly #clock: Clock;
  readonly #limits: Budgets;
  readonly #hasDescriptor: () => boolean;
  readonly #server: Server;
  /** In the order of their last use. */
  readonly #open = new Map<Socket, { isNew: boolean; underWay: number; deadline: Timer | undefined }>();
  /** Pending answers, each with its request. */
  readonly #answers = new Map<ServerResponse, IncomingMessage>();
  #whenQuiet: (() => void) | undefined;
  /** Each answer is the last one of its connection. */
  #isDraining = false;

  constructor(server: Server, { clock, budgets, hasDescriptor }: ConnectionsOptions) {
    this.#clock = clock;
    this.#limits = budgets;
    this.#hasDescriptor = hasDescriptor;
    this.#server = server;
    server.on('connection', (socket: Socket) => this.#opened(socket));
  }

  get size(): number {
    return this.#open.size;
  }

  /** Bytes of answers that clients have not read yet. */
  get heldBytes(): number {
    let bytes = 0;
    for (const response of this.#answers.keys()) bytes += response.writableLength;
    return bytes;
  }

  /** Call it first for every request. */
  track(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (this.#isDraining) response.shouldKeepAlive = false;
    this.#answers.set(response, request);
    this.#touch(socket, 1);
    this.#limit(socket, hasBody(request) ? this.#limits.bodyMs : undefined);
    request.once('end', () => this.#limit(socket, undefined));
    // Node's own socket timeout starts again whenever bytes move, so it distinguishes a slow reader from one that is
    // gone.
    response.once('finish', () => socket.setTimeout(0));
    response.setTimeout(this.#limits.answerMs, () => {
      if (response.writableEnded || response.writableLength > 0) socket.destroy();
    });
    response.once('close', () => {
      this.#answers.delete(response);
      // Node drops the rest of an unread body; it has to end, too.
      this.#limit(socket, request.complete ? undefined : this.#limits.bodyMs);
      this.#touch(socket, -1);
      if (this.#answers.size === 0) this.#whenQuiet?.();
    });
  }

  /**
   * Stops accepting, and answers who has connected already, as far as they ask soon; then closes. Nothing that a client has sent is
   * lost, except on a connection that was idle between two requests.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    // Not the server's own close(): Node's HTTP would close connections with it that have not asked yet.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(this.#server, () => resolve()));
    const end = this.#clock.now() + this.#limits.graceMs;
    const newEnd = Math.min(end, this.#clock.now() + NEW_CLIENT_MS);
    const isAwaited = (): boolean => {
      const now = this.#clock.now();
      const hasNew = now < newEnd && [...this.#open.values()].some(({ isNew }) => isNew);
      return hasNew || (this.#answers.size > 0 && now < end);
    };
    while (isAwaited()) await new Promise<void>((resolve) => this.#clock.setTimer(DRAIN_LOOK_MS, resolve));
    for (const socket of this.#open.keys()) socket.destroy();
    await closed;
  }

  /** Stops accepting, lets pending answers finish for a short while, then closes the rest. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // Clients that have not sent a complete request are not waited for.
    for (const request of this.#answers.values()) if (hasBody(request) && !request.complete) request.destroy();
    if (this.#answers.size > 0) {
      await new Promise<void>((resolve) => {
        const grace = this.#clock.setTimer(this.#limits.graceMs, resolve);
        this.#whenQuiet = () => {
          grace.cancel();
          resolve();
        };
      });
    }
    for (const socket of this.#open.keys()) socket.destroy();
    await closed;
  }

  /** Closes the connection that has been idle longest. `false`: none is idle. */
  dropIdle(): boolean {
    for (const [socket, { underWay }] of this.#open) if (underWay === 0) return this.#drop(socket);
    return false;
  }

  /** Closes the least recently used connection, whatever its state. `false`: there is none. */
  dropBusy(): boolean {
    for (const socket of this.#open.keys()) return this.#drop(socket);
    return false;
  }

  #opened(socket: Socket): void {
    if (!this.#hasPlace()) return turnAway(socket);
    this.#open.set(socket, { isNew: true, underWay: 0, deadline: undefined });
    this.#limit(socket, this.#limits.firstRequestMs);
    socket.setKeepAlive(true, 60_000); // the kernel detects a machine that is gone, without waking the daemon
    socket.once('close', () => {
      this.#limit(socket, undefined);
      this.#open.delete(socket);
      this.#dropQueued(socket);
    });
    return undefined;
  }

  #hasPlace(): boolean {
    const hasPlace = this.#open.size < this.#limits.connections || this.dropIdle();
    return hasPlace && this.#hasDescriptor();
  }

  #drop(socket: Socket): true {
    this.#limit(socket, undefined);
    this.#open.delete(socket);
    socket.destroy();
    return true;
  }

  /**
   * Answers queued behind another one on a closed connection. Node drops them silently, and what was opened for them, a
   * log or a place among the streams, would stay open for ever.
   */
  #dropQueued(socket: Socket): void {
    for (const [response, request] of this.#answers) {
      if (request.socket !== socket || response.socket !== null) continue; // node reports the close of the current one
      response.destroy();
      response.emit('close');
    }
  }

  /** Destroys the socket after that time; `undefined` removes the limit. */
  #limit(socket: Socket, ms: number | undefined): void {
    const state = this.#open.get(socket);
    if (state === undefined) return;
    state.deadline?.cancel();
    state.deadline = ms === undefined ? undefined : this.#clock.setTimer(ms, () => socket.destroy());
  }

  #touch(socket: Socket, change: 1 | -1): void {
    const state = this.#open.get(socket);
    if (state === undefined) return;
    state.underWay += change;
    state.isNew = false;
    this.#open.delete(socket);
    this.#open.set(socket, state);
    if (state.underWay > this.#limits.pipelined) socket.destroy();
  }
}

/** Sends the reason in a status line, the one form that every client shows. The request is not read. */
function turnAway(socket: Socket): void {
  socket.on('error', () => undefined); // the client need not be there any more
  socket.end(TURNED_AWAY, () => socket.destroy());
}

const REASON = 'too many connections, or too few file descriptors: see the log of the daemon';
const TURNED_AWAY = [
  `HTTP/1.1 503 Service Unavailable: ${REASON}`,
  'Content-Type: text/plain;charset=utf-8',
  `Content-Length: ${REASON.length + 1}`,
  'Retry-After: 10',
  'Connection: close',
  '',
  `${REASON}\n`,
].join('\r\n');

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
