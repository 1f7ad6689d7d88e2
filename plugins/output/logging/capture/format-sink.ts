import type { Clock } from '../../../../core/index.ts';
import type { LineFormat } from './line-format.ts';
import { Lines, type Line } from './lines.ts';
import type { Sink } from '../sink.ts';

/**
 * How many formatted bytes one write has at most. Formatting makes empty lines a hundred times as long, so this bounds
 * memory.
 */
const CHUNK_BYTES = 65_536;

/**
 * Formats output as lines and writes each line in one piece to the sink. When that accepts no more, the bytes that are
 * not formatted yet are kept: at most those of one read.
 */
export function formatted(sink: Sink, format: LineFormat, clock: Clock): Sink {
  return new FormatSink(sink, format, clock);
}

class FormatSink implements Sink {
  readonly #sink: Sink;
  readonly #format: LineFormat;
  readonly #clock: Clock;
  readonly #lines = new Lines();
  #waiting: Buffer = Buffer.alloc(0);

  constructor(sink: Sink, format: LineFormat, clock: Clock) {
    this.#sink = sink;
    this.#format = format;
    this.#clock = clock;
  }

  prepare(): void {
    this.#sink.prepare?.();
  }

  write(bytes: Uint8Array, ready: () => void): boolean {
    return this.#pass(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), ready);
  }

  /** There is no waiting here: the sink copies what it cannot write. An unfinished line is written with a newline. */
  endOfRun(): void {
    const rest = this.#waiting;
    this.#waiting = Buffer.alloc(0);
    for (let offset: number | undefined = 0; offset !== undefined;) offset = this.#passChunk(rest, offset).next;
    const last = this.#lines.flush();
    if (last !== undefined) this.#sink.write(this.#bytesOf([last]), () => undefined);
    this.#sink.endOfRun?.();
  }

  close(): void {
    this.#sink.close?.();
  }

  #pass(bytes: Buffer, ready: () => void): boolean {
    for (let offset = 0; ;) {
      const { next, wantsMore } = this.#passChunk(bytes, offset, () => {
        const rest = this.#waiting;
        this.#waiting = Buffer.alloc(0);
        if (this.#pass(rest, ready)) ready();
      });
      if (!wantsMore) {
        this.#waiting = Buffer.from(bytes.subarray(next ?? bytes.length));
        return false;
      }
      if (next === undefined) return true;
      offset = next;
    }
  }

  /**
   * `next`: where the next chunk begins; `undefined` when all bytes are written, or held back as the beginning of a
   * line.
   */
  #passChunk(
    bytes: Buffer,
    offset: number,
    ready: () => void = () => undefined,
  ): { readonly next: number | undefined; readonly wantsMore: boolean } {
    const now = this.#clock.wall();
    const pieces: Uint8Array[] = [];
    let length = 0;
    let next: number | undefined = offset;
    while (length < CHUNK_BYTES) {
      const found = this.#lines.next(bytes, next, now);
      if (found === undefined) {
        next = undefined;
        break;
      }
      for (const piece of this.#format(found.line)) {
        pieces.push(piece);
        length += piece.length;
      }
      next = found.offset;
    }
    return { next, wantsMore: length === 0 || this.#sink.write(Buffer.concat(pieces, length), ready) };
  }

  #bytesOf(lines: readonly Line[]): Buffer {
    return Buffer.concat(lines.flatMap((line) => this.#format(line)));
  }
}
