import { StringDecoder } from 'node:string_decoder';
import { spell } from '../../core/index.ts';

/**
 * Makes the output of programs and servers safe for a terminal. Line ends, tabs and colours (SGR: `ESC [`, numbers,
 * `m`) pass. Every other control character, C1 included, is spelled out (`\u001b]0;title\u0007`), and bytes that are
 * not UTF-8 become U+FFFD: nothing can move the cursor, set the title, send input, or hide what follows.
 *
 * A sequence or character that arrives in two pieces is held back until it is complete, up to 40 characters.
 */
export class SafeText {
  readonly #decoder = new StringDecoder();
  #held = '';
  #isColoured = false;

  /** The safe part of the next piece. */
  push(piece: string | Uint8Array): string {
    const text = this.#held + (typeof piece === 'string' ? piece : this.#decoder.write(Buffer.from(piece)));
    this.#held = BEGINNING.exec(text)?.[0] ?? '';
    return this.#make(text.slice(0, text.length - this.#held.length));
  }

  /** Ends the text: the text that was held back, and a reset of colours. */
  end(): string {
    const rest = this.#make(this.#held + this.#decoder.end());
    const reset = this.#isColoured ? RESET : '';
    this.#held = '';
    this.#isColoured = false;
    return rest + reset;
  }

  #make(text: string): string {
    return text.replaceAll(COLOUR_OR_CONTROL, (found, parameters: string | undefined) => {
      if (parameters === undefined) return found === '\r\n' ? found : spell(found);
      this.#isColoured = !/^0*$/.test(parameters);
      return found;
    });
  }
}

/** Converts a complete text. */
export function safeText(text: string): string {
  const safe = new SafeText();
  return safe.push(text) + safe.end();
}

const RESET = '\u001b[0m';
// Longer parameters are not colours.
// oxlint-disable-next-line no-control-regex -- escape sequences begin with one
const COLOUR_OR_CONTROL = /\u001b\[([\d;:]{0,38})m|\r\n|[^\P{Cc}\n\t]/gu;
/** The possible beginning of a colour or line end. */
// oxlint-disable-next-line no-control-regex -- the same
const BEGINNING = /(?:\u001b(?:\[[\d;:]{0,38})?|\r)$/u;
