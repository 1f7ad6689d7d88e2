/** A line of output, or a piece of one that is too long. */
export interface Line {
  /** Without the newline. */
  readonly bytes: Buffer;
  /** Wall time at which its first byte was read, in milliseconds. */
  readonly at: number;
  /** The piece before belongs to the same line. */
  readonly isContinued: boolean;
  /** The next piece belongs to the same line. */
  readonly continues: boolean;
}

/** The longest line. A longer one is cut into pieces of this size, so that output without newlines fills no memory. */
const MOST_LINE_BYTES = 65_536;
const NEWLINE = 0x0a;

/** Cuts output into lines. Holds back an unfinished line: at most one piece. */
export class Lines {
  #held: Buffer = Buffer.alloc(0);
  #heldSince = 0;
  /** A piece of the current line was returned already. */
  #isContinued = false;

  /** The next line that ends after `offset`, and where the line after it begins. `undefined`: there is none. */
  next(bytes: Buffer, offset: number, now: number): { readonly line: Line; readonly offset: number } | undefined {
    if (offset >= bytes.length) return undefined;
    const at = this.#held.length > 0 ? this.#heldSince : now;
    const room = MOST_LINE_BYTES - this.#held.length;
    const end = bytes.indexOf(NEWLINE, offset);
    if (end !== -1 && end - offset <= room) {
      return { line: this.#take(this.#join(bytes.subarray(offset, end)), at, false), offset: end + 1 };
    }
    const isTooLong = bytes.length - offset > room;
    const whole = this.#join(bytes.subarray(offset, isTooLong ? offset + room : bytes.length));
    if (!isTooLong) {
      this.#held = Buffer.from(whole);
      this.#heldSince = at;
      return undefined;
    }
    const cut = characterBoundary(whole);
    const line = this.#take(whole.subarray(0, cut), at, true);
    this.#held = Buffer.from(whole.subarray(cut));
    this.#heldSince = at;
    return { line, offset: offset + room };
  }

  /** The end of a run: returns what was held back as a line. */
  flush(): Line | undefined {
    const { length } = this.#held;
    if (length === 0 && !this.#isContinued) return undefined;
    return this.#take(this.#join(Buffer.alloc(0)), this.#heldSince, false);
  }

  #join(bytes: Buffer): Buffer {
    return this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
  }

  #take(bytes: Buffer, at: number, continues: boolean): Line {
    const isContinued = this.#isContinued;
    this.#held = Buffer.alloc(0);
    this.#isContinued = continues;
    return { bytes, at, isContinued, continues };
  }
}

/** The last offset that does not cut a UTF-8 character. */
function characterBoundary(bytes: Buffer): number {
  for (let end = bytes.length - 1; end >= bytes.length - 4; end -= 1) {
    const byte = bytes[end] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return end; // begins a character that may be incomplete
  }
  return bytes.length; // not UTF-8
}
