import { closeSync, readSync } from 'node:fs';
import { Socket, type ConnectOpts, type SocketConstructorOpts } from 'node:net';
import { codeOf, type Clock, type Timer } from '../../../core/index.ts';
import { fifoOfProbe, type OutputFifo } from './fifo.ts';
import { FloodGauge } from './flood-gauge.ts';
import type { PipeRoom } from './pipe-room.ts';

/**
 * Buffers that all output passes through. One for every stream of the daemon: the bytes are handed on before the next
 * read, so none needs its own.
 */
export class ReadBuffers {
  /**
   * Twice what a pipe holds: a read that does not fill the buffer tells libuv that there is no more for now, which saves a
   * second one each time.
   */
  readonly read = Buffer.alloc(131_072);
  /**
   * For reading at other times, which may be while the other one is in use. A larger one is no faster: its bytes are out of
   * the processor's cache again before they are written.
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
  /** `false`: no more, until {@link OutputPipe.resume}. The bytes are valid during the call only. */
  consume(bytes: Uint8Array): boolean;
}

/**
 * What is read at a time at most: a large pipe's capacity. A grandchild that writes as fast as we read must not hold up
 * the exit, nor the other programs.
 */
const MOST_READ_BYTES = 1_048_576;

/** How long a flooding pipe is left to fill. */
const LOOK_AFTER_MS = 1;
/** So many looks in a row that find nothing are the end of a flood. */
const FLOOD_END_LOOKS = 8;

/**
 * The reading end of a child's stdout or stderr, from the first start of its process until that is removed: restarts keep
 * it, so grandchildren that outlive their parent are still heard.
 *
 * It is read when the event loop says that there is something. A program that floods it would have every one of its
 * writes taken by a turn of the loop, a read and a write, most of which is the kernel's overhead; then the pipe is looked at
 * every millisecond instead, and many writes are taken at once (docs/decisions/0008-reading-floods.md).
 */
export class OutputPipe {
  readonly #fifo: OutputFifo;
  readonly #consumer: Consumer;
  readonly #context: PipeContext;
  readonly #socket: Socket;
  #isPaused = false;
  #isClosed = false;

  readonly #gauge: FloodGauge;
  /** While flooded: the pipe is read at the next look, and the event loop says nothing. */
  #isFlooded = false;
  #look: Timer | undefined;
  #emptyLooks = 0;
  /** It fills up between two looks and cannot be enlarged: the rest of the run is read as it comes. */
  #isNarrow = false;

  constructor(fifo: OutputFifo, context: PipeContext, consumer: Consumer) {
    this.#fifo = fifo;
    this.#consumer = consumer;
    this.#context = context;
    this.#gauge = new FloodGauge(context.clock);
    const { read } = context.buffers;
    // `onread` costs a quarter of what 'data' events do: no allocation and no copy for each read (see test/bench).
    const options: SocketConstructorOpts & ConnectOpts = {
      fd: fifo.ownEnd,
      readable: true,
      writable: false,
      onread: { buffer: read, callback: (count) => this.#arrived(read.subarray(0, count)) },
    };
    this.#socket = new Socket(options);
    // A FIFO that is open for reading and writing has no errors and no end; nobody else would hear of one, though.
    this.#socket.on('error', () => (this.#isClosed = true));
  }

  /** A descriptor for a child's stdout or stderr. `isOwn`: whoever asks closes it. */
  openChildEnd(): { readonly fd: number; readonly isOwn: boolean } {
    return this.#fifo.openChildEnd();
  }

  /** Reads what is there now. For the end of a child: its last words come before the news of its end. */
  drain(): void {
    this.#isNarrow = false;
    this.#readAll();
    if (this.#isPaused && !this.#isClosed) this.#socket.pause();
  }

  /** Whether something is left in it because a sink wants no more. */
  get isPaused(): boolean {
    return this.#isPaused && !this.#isClosed;
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    if (this.#isFlooded) this.#lookLater();
    else this.#socket.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#look?.cancel();
    this.#context.room.forget(this.#fifo.ownEnd);
    this.#socket.destroy();
    this.#fifo.close();
  }

  /**
   * Closes the pipe where nobody else has it open, after reading what is left in it. Children of a program that has ended may go
   * on writing: then the pipe goes on, and the answer is what to use in the place of this one.
   */
  closeUnlessUsed(): OutputPipe | undefined {
    this.#readAll();
    const probe = this.#isPaused || this.#isClosed ? undefined : this.#fifo.openProbe();
    if (probe === undefined) return this;
    this.close();
    if (!this.#isHeldByOthers(probe)) {
      closeSync(probe);
      return undefined;
    }
    return new OutputPipe(fifoOfProbe(probe), this.#context, this.#consumer);
  }

  /** Reads what was written between the last read and now. An end of file: nobody has an end for writing. */
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

  /** The answer tells the socket whether to go on reading. */
  #arrived(bytes: Uint8Array): boolean {
    if (!this.#take(bytes)) return false;
    if (this.#isNarrow || !this.#gauge.isFlood()) return true;
    this.#isFlooded = true;
    this.#emptyLooks = 0;
    this.#lookLater();
    return false;
  }

  #lookLater(): void {
    this.#look?.cancel(); // a drain may have paused it, and a sink resumed it, before the last one was due
    this.#look = this.#context.clock.setTimer(LOOK_AFTER_MS, () => this.#lookNow());
  }

  #lookNow(): void {
    const count = this.#readAll();
    if (this.#isPaused || this.#isClosed) return;
    this.#emptyLooks = count === 0 ? this.#emptyLooks + 1 : 0;
    this.#isNarrow = !this.#context.room.suffices(this.#fifo.ownEnd, count);
    if (this.#isNarrow || this.#emptyLooks === FLOOD_END_LOOKS) this.#endFlood();
    else this.#lookLater();
  }

  #endFlood(): void {
    this.#isFlooded = false;
    this.#context.room.restore(this.#fifo.ownEnd);
    this.#socket.resume();
  }

  /** Reads until nothing is left, or nothing more is wanted. How many bytes that were. */
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

  #take(bytes: Uint8Array): boolean {
    const wantsMore = this.#consumer.consume(bytes);
    this.#isPaused = !wantsMore;
    return wantsMore;
  }

  #readNow(buffer: Buffer): number {
    try {
      return readSync(this.#fifo.ownEnd, buffer, 0, buffer.length, null);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return 0;
      throw error;
    }
  }
}
