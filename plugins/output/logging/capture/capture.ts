/** The tags between which a program sends a message to event listeners. Supervisor: events.py. */
export const BEGIN_TAG = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
export const END_TAG = Buffer.from('<!--XSUPERVISOR:END-->');

export interface CaptureOutput {
  /** Receives output for the log. */
  readonly log: (bytes: Uint8Array) => void;
  /** Receives output between the tags as it arrives. It is not logged. */
  readonly inside: (bytes: Uint8Array) => void;
  /** Receives a complete message: what stood between two tags, or its newest `maxBytes`. */
  readonly captured: (bytes: Uint8Array) => void;
}

/**
 * Divides output into what is logged and what stands between capture tags. Tags may arrive in pieces: bytes that could
 * begin a tag are held back until the next bytes decide. Nothing is lost: at the end of a run, held bytes and an
 * unfinished message go to the log.
 *
 * (Supervisor holds back up to 24 bytes of any output, and loses them at the exit.)
 */
export class Capture {
  readonly #maxBytes: number;
  readonly #output: CaptureOutput;
  /** Bytes that may begin a tag. */
  #held: Buffer = Buffer.alloc(0);
  /** The message between the tags so far; `undefined` outside of tags. */
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

  /** The end of a run: passes on what was held back. */
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

/** The newest `maxBytes` of a message. */
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

/** How many of the last bytes could begin the tag. */
function lengthOfBeginning(bytes: Buffer, tag: Buffer): number {
  for (let length = Math.min(tag.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(tag.subarray(0, length))) return length;
  }
  return 0;
}

/** The same bytes as a Buffer, without a copy. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
