import { closeSync, readSync } from 'node:fs';
import { Socket, type ConnectOpts, type SocketConstructorOpts } from 'node:net';
import { codeOf, type Clock, type Timer } from '../../../../core/index.ts';
import { FloodGauge } from './flood-gauge.ts';
import { endsOfProbe, type OutputEnds } from './new-pipe.ts';
import type { PipeRoom } from './pipe-room.ts';

/** Buffers that all pipes share: each read passes its bytes on before the next read begins. */
export class ReadBuffers {
  /**
   * Twice what a pipe holds: after a read that does not fill the buffer, libuv knows that the pipe is empty and reads
   * no second time.
   */
  readonly read = Buffer.alloc(131_072);
  /**
   * For reads outside of the event loop's, which may happen while the other buffer is in use. A larger buffer is no
   * faster: its bytes leave the processor's cache before they are written.
   */
  readonly direct = Buffer.alloc(65_536);
}

/** What the pipes of all processes share. */
export interface PipeContext {
  readonly buffers: ReadBuffers;
  readonly room: PipeRoom;
  readonly clock: Clock;
}

/** Where the bytes go. */
export interface Consumer {
  /** Takes bytes, which are valid during the call only. `false`: read no more until {@link OutputPipe.resume}. */
  consume(bytes: Uint8Array): boolean;
}

/**
 * Most bytes that one poll reads: the capacity of a large pipe. A grandchild that writes as fast as the daemon reads
 * must not delay the exit of its parent, or other programs.
 */
const MOST_READ_BYTES = 1_048_576;

/** How often a flooding pipe is polled. */
const POLL_AFTER_MS = 1;
/** A flood ends after so many polls in a row that find the pipe empty. */
const FLOOD_END_POLLS = 8;

/**
 * The reading end of a child's stdout or stderr. It stays open through restarts of the process, so the daemon still
 * reads what grandchildren write that outlive their parent.
 *
 * Two ways of reading lead to `#take`, which passes the bytes to {@link Consumer.consume}; `ChannelOutput.consume`
 * describes their way from there to the file.
 * - The event loop reads the pipe when it is readable (`#arrived`).
 * - While a program floods the pipe, a timer polls it every millisecond instead (`#poll`), and one read takes many
 *   writes. Otherwise every write of the program costs a turn of the loop, a read and a write, most of which is the
 *   kernel's overhead (docs/decisions/0008-reading-floods.md).
 */
export class OutputPipe {
  readonly #ends: OutputEnds;
  readonly #consumer: Consumer;
  readonly #context: PipeContext;
  readonly #socket: Socket;
  #isPaused = false;
  #isClosed = false;

  readonly #gauge: FloodGauge;
  /** The timer polls the pipe, and the event loop does not watch it. */
  #isFlooded = false;
  #nextPoll: Timer | undefined;
  #emptyPolls = 0;
  /** The pipe fills up between two polls and cannot be enlarged: the event loop reads it for the rest of the run. */
  #isNarrow = false;

  constructor(ends: OutputEnds, context: PipeContext, consumer: Consumer) {
    this.#ends = ends;
    this.#consumer = consumer;
    this.#context = context;
    this.#gauge = new FloodGauge(context.clock);
    const { read } = context.buffers;
    // `onread` costs a quarter of what 'data' events do: no allocation and no copy for each read (see test/bench).
    const options: SocketConstructorOpts & ConnectOpts = {
      fd: ends.ownEnd,
      readable: true,
      writable: false,
      onread: { buffer: read, callback: (count) => this.#arrived(read.subarray(0, count)) },
    };
    this.#socket = new Socket(options);
    // A pipe that is open for reading and writing has no errors and no end. An `error` without a listener would end the
    // daemon.
    this.#socket.on('error', () => (this.#isClosed = true));
  }

  /** Called by the socket, which reads on if the answer is `true`. */
  #arrived(bytes: Uint8Array): boolean {
    if (!this.#take(bytes)) return false;
    if (this.#isNarrow || !this.#gauge.isFlood()) return true;
    this.#isFlooded = true;
    this.#emptyPolls = 0;
    this.#pollLater();
    return false;
  }

  #pollLater(): void {
    this.#nextPoll?.cancel(); // a drain may have paused the pipe, and a sink resumed it, before the last poll was due
    this.#nextPoll = this.#context.clock.setTimer(POLL_AFTER_MS, () => this.#poll());
  }

  #poll(): void {
    const count = this.#readAll();
    if (this.#isPaused || this.#isClosed) return;
    this.#emptyPolls = count === 0 ? this.#emptyPolls + 1 : 0;
    this.#isNarrow = !this.#context.room.suffices(this.#ends.ownEnd, count);
    if (this.#isNarrow || this.#emptyPolls === FLOOD_END_POLLS) this.#endFlood();
    else this.#pollLater();
  }

  #endFlood(): void {
    this.#isFlooded = false;
    this.#context.room.restore(this.#ends.ownEnd);
    this.#socket.resume();
  }

  #take(bytes: Uint8Array): boolean {
    const wantsMore = this.#consumer.consume(bytes);
    this.#isPaused = !wantsMore;
    return wantsMore;
  }

  /** The daemon's end. */
  get ownEnd(): number {
    return this.#ends.ownEnd;
  }

  /** A descriptor for a child's stdout or stderr. `isOwn`: the caller closes it. */
  openChildEnd(): { readonly fd: number; readonly isOwn: boolean } {
    return this.#ends.openChildEnd();
  }

  /** Reads what the pipe holds now. At the exit of a child: its output is logged before the exit is emitted. */
  drain(): void {
    this.#isNarrow = false;
    this.#readAll();
    if (this.#isPaused && !this.#isClosed) this.#socket.pause();
  }

  /** Whether the pipe is not read because a sink accepts no more bytes. */
  get isPaused(): boolean {
    return this.#isPaused && !this.#isClosed;
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    if (this.#isFlooded) this.#pollLater();
    else this.#socket.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#nextPoll?.cancel();
    this.#context.room.forget(this.#ends.ownEnd);
    this.#socket.destroy();
    this.#ends.close();
  }

  /**
   * Reads what is left in the pipe and closes it, unless another process has it open: children of the program may still
   * write. Returns the pipe to use from now on, if any.
   */
  closeUnlessUsed(): OutputPipe | undefined {
    this.#readAll();
    const probe = this.#isPaused || this.#isClosed ? undefined : this.#ends.openProbe();
    if (probe === undefined) return this;
    this.close();
    if (!this.#isHeldByOthers(probe)) {
      closeSync(probe);
      return undefined;
    }
    return new OutputPipe(endsOfProbe(probe), this.#context, this.#consumer);
  }

  /** Reads what was written since the last read. At the end of file no other process has an end for writing. */
  #isHeldByOthers(probe: number): boolean {
    const { direct } = this.#context.buffers;
    for (;;) {
      try {
        const count = readSync(probe, direct, 0, direct.length, null);
        if (count === 0) return false;
        if (!this.#take(direct.subarray(0, count))) return true;
      } catch (error) {
        if (codeOf(error) === 'EAGAIN') return true;
        throw error;
      }
    }
  }

  /** Reads until the pipe is empty or a sink accepts no more. Returns how many bytes it read. */
  #readAll(): number {
    const { direct } = this.#context.buffers;
    let total = 0;
    while (total < MOST_READ_BYTES && !this.#isPaused && !this.#isClosed) {
      const count = this.#readNow(direct);
      if (count > 0) this.#take(direct.subarray(0, count));
      total += count;
      if (count < direct.length) break;
    }
    return total;
  }

  #readNow(buffer: Buffer): number {
    try {
      return readSync(this.#ends.ownEnd, buffer, 0, buffer.length, null);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return 0;
      throw error;
    }
  }
}
