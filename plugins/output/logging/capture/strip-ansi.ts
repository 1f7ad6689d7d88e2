import { writeLast, type Sink } from '../sink.ts';

const ESC = 0x1b;
const BRACKET = 0x5b;

/**
 * Removes ANSI escape sequences (ECMA-48: `ESC [`, parameters, one final byte from `@` to `~`) from a stream of bytes,
 * even if they arrive in pieces. A control character ends an incomplete sequence.
 *
 * (Supervisor knows only fifteen final letters and removes all text up to the next of them. If a sequence arrives in
 * two pieces, it leaves the second one in the log.)
 */
export class AnsiStripper {
  #state: 'text' | 'escape' | 'sequence' = 'text';

  /** Returns the bytes without sequences. Holds back an ESC at the end until the next byte decides. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#state === 'text' && !bytes.includes(ESC)) return bytes;
    const kept = Buffer.allocUnsafe(bytes.length + 1);
    let length = 0;
    for (const byte of bytes) {
      if (this.#state === 'sequence') {
        const isPart = byte >= 0x20 && byte <= 0x7e;
        if (!isPart || byte >= 0x40) this.#state = 'text';
        if (isPart) continue;
      }
      if (this.#state === 'escape') {
        this.#state = byte === BRACKET ? 'sequence' : 'text';
        if (byte === BRACKET) continue;
        kept[length++] = ESC;
      }
      if (byte === ESC) this.#state = 'escape';
      else kept[length++] = byte;
    }
    return kept.subarray(0, length);
  }

  /** The end of a run: returns what was held back. */
  flush(): Uint8Array {
    const held = this.#state === 'escape' ? Uint8Array.of(ESC) : new Uint8Array();
    this.#state = 'text';
    return held;
  }
}

/** Writes output without its escape sequences to a sink. */
export function stripped(sink: Sink): Sink {
  const stripper = new AnsiStripper();
  return {
    prepare: () => sink.prepare?.(),
    write(bytes, ready) {
      const kept = stripper.push(bytes);
      return kept.length === 0 || sink.write(kept, ready);
    },
    endOfRun() {
      writeLast(sink, stripper.flush());
      sink.endOfRun?.();
    },
    close: () => sink.close?.(),
  };
}
