import { writeLast, type Sink } from '../sink.ts';

const ESC = 0x1b;
const BRACKET = 0x5b;

/**
 * Removes ANSI escape sequences (ECMA-48: `ESC [`, parameters, one final byte from `@` to `~`) from a stream of bytes, also
 * those that arrive in pieces. A sequence that is broken off by a control character ends before it.
 *
 * (Supervisor knows fifteen final letters only and swallows text up to the next one of them, and it leaves the rest of a
 * sequence in the log when it arrives in two pieces.)
 */
export class AnsiStripper {
  #state: 'text' | 'escape' | 'sequence' = 'text';

  /** The bytes without sequences. An ESC at the very end is held back until the next byte tells what it is. */
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

  /** The run is over: gives out what was held back. */
  flush(): Uint8Array {
    const held = this.#state === 'escape' ? Uint8Array.of(ESC) : new Uint8Array();
    this.#state = 'text';
    return held;
  }
}

/** A sink that gets the output without its escape sequences. */
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
