import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/index.ts';

/** How long, and how many. Times are in milliseconds. */
export interface ConnectionLimits {
  /** From connecting to the end of the first request's headers. */
  readonly firstRequestMs: number;
  /** From the end of the headers to the end of the body. */
  readonly bodyMs: number;
  /** Requests that a client may send on one connection ahead of their answers. */
  readonly pipelined: number;
  /** How long a client may take nothing of a finished answer. */
  readonly answerMs: number;
  /** Beyond it, the connection that has been idle longest makes room. */
  readonly connections: number;
  /**
   * Bytes of answers that clients have not taken. Beyond it requests are refused, those of accounts that may only look from half of it
   * on, so that they cannot shut out an administrator.
   */
  readonly heldBytes: number;
  /** How long answers under way may take once the server closes. */
  readonly graceMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  firstRequestMs: 60_000,
  bodyMs: 60_000,
  pipelined: 100,
  answerMs: 60_000,
  connections: 1_000,
  heldBytes: 128 * 2 ** 20,
  graceMs: 2_000,
};

/**
 * Keeps the connections of a server within bounds.
 *
 * node checks its own time limits from an interval, which would wake the daemon for ever; here a timer exists only while
 * a client owes us something. A connection that waits between two requests owes nothing and may wait for ever, as with
 * Supervisor: event listeners keep theirs open for days and do not try again. Their number is the bound, not their age.
 */
export class Connections {
  readonly #clock: Clock;
  readonly #limits: ConnectionLimits;
  readonly #server: Server;
  /** In the order in which they were last used. */
  readonly #open = new Map<Socket, { underWay: number; deadline: Timer | undefined }>();
  /** With what they answer. */
  readonly #answers = new Map<ServerResponse, IncomingMessage>();
  #whenQuiet: (() => void) | undefined;

  constructor(server: Server, clock: Clock, limits: ConnectionLimits = CONNECTION_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
    this.#server = server;
    server.on('connection', (socket: Socket) => this.#opened(socket));
  }

  get size(): number {
    return this.#open.size;
  }

  /** Bytes of answers that have been given and that clients have not taken yet. */
  get heldBytes(): number {
    let bytes = 0;
    for (const response of this.#answers.keys()) bytes += response.writableLength;
    return bytes;
  }

  /** To be called first for every request. */
  track(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.#answers.set(response, request);
    this.#touch(socket, 1);
    this.#limit(socket, hasBody(request) ? this.#limits.bodyMs : undefined);
    request.once('end', () => this.#limit(socket, undefined));
    // node's own timeout of a socket starts again whenever bytes move, so it tells a slow reader from one that is gone.
    response.once('finish', () => socket.setTimeout(0));
    response.setTimeout(this.#limits.answerMs, () => {
      if (response.writableEnded) socket.destroy();
    });
    response.once('close', () => {
      this.#answers.delete(response);
      // The rest of a body that nobody read is thrown away by node; it has to come to an end, too.
      this.#limit(socket, request.complete ? undefined : this.#limits.bodyMs);
      this.#touch(socket, -1);
      if (this.#answers.size === 0) this.#whenQuiet?.();
    });
  }

  /** Accepts no more, lets answers under way finish for a short while, then closes what is left. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // Who has not even finished asking will not be waited for.
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

  #opened(socket: Socket): void {
    if (this.#open.size >= this.#limits.connections) this.#makeRoom();
    this.#open.set(socket, { underWay: 0, deadline: undefined });
    this.#limit(socket, this.#limits.firstRequestMs);
    socket.setKeepAlive(true, 60_000); // the kernel finds out when a machine at the other end is gone; it wakes nobody
    socket.once('close', () => {
      this.#limit(socket, undefined);
      this.#open.delete(socket);
      this.#dropQueued(socket);
    });
  }

  /**
   * Answers that wait behind another one on a connection that is gone. node forgets them without a word, and what was opened for them,
   * a log or a place among the streams, would stay open for ever.
   */
  #dropQueued(socket: Socket): void {
    for (const [response, request] of this.#answers) {
      if (request.socket !== socket || response.socket !== null) continue; // of the one that has its turn, node tells
      response.destroy();
      response.emit('close');
    }
  }

  #makeRoom(): void {
    for (const [socket, { underWay }] of this.#open) {
      if (underWay > 0) continue;
      this.#open.delete(socket);
      socket.destroy();
      return;
    }
  }

  /** Destroys the socket after that time; `undefined` takes the limit off. */
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
    this.#open.delete(socket);
    this.#open.set(socket, state);
    if (state.underWay > this.#limits.pipelined) socket.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
