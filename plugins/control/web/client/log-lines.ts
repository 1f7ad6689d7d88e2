import { inked, PLAIN, type Pen, type Span } from './ansi.ts';

export interface LogLine {
  /** Counts from the first line that was read. */
  readonly number: number;
  readonly spans: readonly Span[];
  /** Without colours, for the search. */
  readonly text: string;
}

/** Lines that are drawn together; a new object whenever one of them changes. */
export interface LogBlock {
  readonly first: number;
  readonly lines: readonly LogLine[];
}

/** Characters of one line; a longer line is cut, with a note of the length. The download is complete. */
const LONGEST_LINE = 4_000;
/** Limits of a log in the page. Beyond either, the oldest block is dropped. */
const MOST_BLOCKS = 50;
const MOST_CHARACTERS = 1_000_000;
const BLOCK = 100;

/** The end of a log: takes pieces of text and returns lines, within limits. */
export class LogLines {
  #blocks: LogBlock[] = [];
  #characters = 0;
  #count = 0;
  /** The line that has not ended yet, its length with what was cut, and the pen at its beginning. */
  #open = '';
  #openLength = 0;
  #pen: Pen = PLAIN;
  #isOpenShown = false;

  get blocks(): readonly LogBlock[] {
    return this.#blocks;
  }

  /** Whether lines were forgotten at the beginning. */
  get isCut(): boolean {
    return (this.#blocks[0]?.first ?? 0) > 0;
  }

  push(text: string): void {
    // A carriage return alone rewrites a line in a terminal; here it begins a new one, so that nothing is overwritten.
    const [rest = '', ...others] = text.split(/\r\n|\n|\r(?=[^\n])/);
    this.#extend(rest);
    for (const next of others) {
      this.#close();
      this.#extend(next);
    }
    if (this.#openLength > 0) this.#show();
  }

  #extend(text: string): void {
    this.#open += text.slice(0, Math.max(0, LONGEST_LINE - this.#open.length));
    this.#openLength += text.length;
  }

  #close(): void {
    this.#pen = this.#show();
    this.#open = '';
    this.#openLength = 0;
    this.#isOpenShown = false;
  }

  /** Puts the open line at the end, or again where it is. Returns the pen behind it. */
  #show(): Pen {
    const raw = this.#open.endsWith('\r') ? this.#open.slice(0, -1) : this.#open;
    const { spans, pen } = inked(raw, this.#pen);
    const left = this.#openLength - this.#open.length;
    const all =
      left === 0 ? spans : [...spans, { text: ` … ${left.toLocaleString('en')} more characters`, className: 'cut' }];
    const line = { number: this.#count, spans: all, text: all.map((span) => span.text).join('') };
    if (this.#isOpenShown) this.#replaceLast(line);
    else this.#append(line);
    return pen;
  }

  #replaceLast(line: LogLine): void {
    const block = this.#blocks.at(-1);
    if (block === undefined) return;
    this.#characters += line.text.length - (block.lines.at(-1)?.text.length ?? 0);
    this.#blocks = [
      ...this.#blocks.slice(0, -1),
      { ...block, lines: [...block.lines.slice(0, -1), { ...line, number: this.#count - 1 }] },
    ];
  }

  #append(line: LogLine): void {
    const block = this.#blocks.at(-1);
    this.#blocks =
      block === undefined || block.lines.length === BLOCK
        ? [...this.#blocks, { first: line.number, lines: [line] }]
        : [...this.#blocks.slice(0, -1), { ...block, lines: [...block.lines, line] }];
    this.#count += 1;
    this.#characters += line.text.length;
    this.#isOpenShown = true;
    this.#forget();
  }

  #forget(): void {
    while (this.#blocks.length > 1 && (this.#blocks.length > MOST_BLOCKS || this.#characters > MOST_CHARACTERS)) {
      const [oldest, ...others] = this.#blocks;
      this.#blocks = others;
      for (const { text } of oldest?.lines ?? []) this.#characters -= text.length;
    }
  }
}
