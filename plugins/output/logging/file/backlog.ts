import { Socket } from 'node:net';
import { codeOf, type Clock, type Timer } from '../../../../core/index.ts';
import { briefly } from '../errno.ts';
import type { Log } from '../daemon-log/level.ts';
import type { Limits } from './limits.ts';

/** The result of a write: how many bytes were written, and the error that kept it from writing the others. */
export interface Outcome {
  readonly count: number;
  readonly error?: unknown;
}

/** The log that a backlog belongs to. */
export interface BacklogOwner {
  readonly path: string;
  readonly clock: Clock;
  /** Called once when the log cannot be written, and once when it can be again. */
  readonly report: Log;
  /** Called once when the log cannot be written; `undefined`: it can again. */
  readonly blocked: (path: string, reason: string | undefined) => void;
  /** Called with the number of bytes for each loss. */
  readonly dropped: (path: string, bytes: number) => void;
  readonly write: (bytes: Uint8Array) => Outcome;
  /** Called after a piece was written completely. */
  readonly written: (limits: Limits) => void;
  /**
   * Hands over the descriptor, where it is a pipe or a device, which the event loop can wait for: it is closed with the
   * backlog.
   */
  readonly pipe: () => number | undefined;
  /** Called after the pipe broke. Its descriptor is closed. */
  readonly lost: () => void;
}

interface Piece {
  bytes: Uint8Array;
  readonly limits: Limits;
  readonly ready: () => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/**
 * The bytes of one log that the disk or the pipe did not accept, in order. Each writer adds one piece and then waits,
 * so there is at most one piece for each writer. The event loop reports when a full pipe accepts more. For a full disk
 * a timer retries the write.
 */
export class Backlog {
  readonly #owner: BacklogOwner;
  #pieces: Piece[] = [];
  #bytes = 0;
  #retry: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  #isReported = false;
  /** Waits for a full pipe. It owns the descriptor. */
  #socket: Socket | undefined;
  #isInSocket = false;
  #settle: (() => void) | undefined;

  constructor(owner: BacklogOwner) {
    this.#owner = owner;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy of bytes that cannot be written now. */
  keep(bytes: Uint8Array, limits: Limits, ready: () => void): void {
    this.#pieces.push({ bytes: Buffer.from(bytes), limits, ready });
    this.#bytes += bytes.length;
  }

  /** Schedules the next attempt after an error. `false`: the pipe has no reader any more, so the bytes were dropped. */
  waitAfter(error: unknown): boolean {
    const errno = codeOf(error);
    if (errno === 'EPIPE') {
      this.#drop();
      return false;
    }
    const pipe = errno === 'EAGAIN' ? this.#owner.pipe() : undefined;
    if (pipe !== undefined) {
      this.#writeWhenReady(pipe);
      return true;
    }
    if (!this.#isReported && errno !== 'EAGAIN') {
      this.#isReported = true;
      const { path, report, blocked } = this.#owner;
      blocked(path, briefly(error));
      report('ERRO', `cannot write ${path}: ${briefly(error)}; what writes to it is blocked until it can be written`);
    }
    this.#retry?.cancel();
    this.#retry = this.#owner.clock.setTimer(this.#retryMs, () => this.flush());
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    return true;
  }

  /** Writes as much as possible. Calls `ready` of each writer whose bytes are written. */
  flush(): void {
    if (this.#isInSocket) return;
    this.#retry?.cancel();
    this.#retry = undefined;
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const { count, error } = this.#owner.write(piece.bytes);
      this.#bytes -= count;
      piece.bytes = piece.bytes.subarray(count);
      if (error !== undefined) {
        this.waitAfter(error);
        return;
      }
      this.#finish(piece);
    }
  }

  /**
   * Resolves when all bytes are written, or after one attempt for a disk, or after `limitMs` for the reader of a pipe.
   */
  async settled(limitMs: number): Promise<void> {
    this.flush();
    if (!this.#isInSocket) return;
    await new Promise<void>((resolve) => {
      const timer = this.#owner.clock.setTimer(limitMs, resolve);
      this.#settle = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  close(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#pieces = [];
    this.#bytes = 0;
    this.#isInSocket = false;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #finish(piece: Piece): void {
    this.#pieces.shift();
    this.#retryMs = FIRST_RETRY_MS;
    if (this.#isReported) {
      this.#isReported = false;
      this.#owner.blocked(this.#owner.path, undefined);
      this.#owner.report('INFO', `${this.#owner.path} is written again`);
    }
    this.#owner.written(piece.limits);
    piece.ready();
    if (this.isEmpty) this.#settle?.();
  }

  #writeWhenReady(fd: number): void {
    const [piece] = this.#pieces;
    if (piece === undefined) return;
    if (this.#socket === undefined) {
      this.#socket = new Socket({ fd, readable: false, writable: true });
      this.#socket.on('error', () => this.#broke());
    }
    this.#isInSocket = true;
    this.#socket.write(piece.bytes, (error) => {
      if (error || !this.#isInSocket) return;
      this.#isInSocket = false;
      this.#bytes -= piece.bytes.length;
      this.#finish(piece);
      this.flush();
    });
  }

  #broke(): void {
    this.#socket = undefined;
    this.#isInSocket = false;
    this.#owner.lost();
    this.#drop();
  }

  #drop(): void {
    const { path, report, dropped: reportDropped } = this.#owner;
    reportDropped(path, this.#bytes);
    if (!this.#isReported) report('WARN', `nobody reads ${path} any more; what is written to it is dropped`);
    this.#isReported = true;
    const dropped = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    for (const { ready } of dropped) ready();
    this.#settle?.();
  }
}
