/** The tags between which a program sends a message to event listeners. Supervisor: events.py. */
export const BEGIN_TAG = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
export const END_TAG = Buffer.from('<!--XSUPERVISOR:END-->');

export interface CaptureOutput {
  /** Output that belongs into the log. */
  readonly log: (bytes: Uint8Array) => void;
  /** Output between the tags, as it comes; it does not belong into the log. */
  readonly inside: (bytes: Uint8Array) => void;
  /** What stood between two tags, whole, or its newest `maxBytes`. */
  readonly captured: (bytes: Uint8Array) => void;
}

/**
 * Divides output into what is logged and what stands between capture tags. Tags may come in pieces: bytes that could be the
 * beginning of one are held back, until it is clear that they are not. Nothing is ever lost: what is held back
 * at the end of a run, and a message without an end, go to the log.
 *
 * (Supervisor holds back up to 24 bytes of any output, and loses them at the exit.)
 */
export class Capture {
  readonly #maxBytes: number;
  readonly #output: CaptureOutput;
  /** The beginning of a tag, maybe. */
  #held: Buffer = Buffer.alloc(0);
  /** The message so far; `undefined` outside of one. */
  #message: Message | undefined;

  constructor(maxBytes: number, output: CaptureOutput) {
    this.#maxBytes = maxBytes;
    this.#output = output;
  }

  push(bytes: Uint8Array): void {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : viewOf(bytes);
    for (;;) {
      const tag = this.#message === undefined ? BEGIN_TAG : END_TAG;
      const at = rest.indexOf(tag);
      if (at === -1) {
        const held = lengthOfBeginning(rest, tag);
        this.#pass(rest.subarray(0, rest.length - held));
        this.#held = Buffer.from(rest.subarray(rest.length - held));
        return;
      }
      this.#pass(rest.subarray(0, at));
      this.#toggle();
      rest = rest.subarray(at + tag.length);
    }
  }

  /** The run is over: gives out what was held back. */
  flush(): void {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    if (this.#message !== undefined) {
      const begun = Buffer.concat([BEGIN_TAG, this.#message.bytes]);
      this.#message = undefined;
      this.#output.log(begun);
    }
    if (held.length > 0) this.#output.log(held);
  }

  #pass(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#message === undefined) return this.#output.log(bytes);
    this.#message.add(bytes);
    this.#output.inside(bytes);
  }

  #toggle(): void {
    const message = this.#message;
    this.#message = message === undefined ? new Message(this.#maxBytes) : undefined;
    if (message !== undefined) this.#output.captured(message.bytes);
  }
}

/** The newest bytes of a message, up to a bound. */
class Message {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks).subarray(-this.#maxBytes);
  }

  add(bytes: Buffer): void {
    this.#chunks.push(Buffer.from(bytes));
    this.#length += bytes.length;
    for (let oldest = this.#chunks[0]; oldest !== undefined; oldest = this.#chunks[0]) {
      if (this.#length - oldest.length < this.#maxBytes) return;
      this.#chunks.shift();
      this.#length -= oldest.length;
    }
  }
}

/** How many bytes at the end could be the beginning of the tag. */
function lengthOfBeginning(bytes: Buffer, tag: Buffer): number {
  for (let length = Math.min(tag.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(tag.subarray(0, length))) return length;
  }
  return 0;
}

/** The same bytes with the methods of a Buffer. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
