import { createInterface, type Interface } from 'node:readline';
import { visible } from '../../core/index.ts';
import { wantsColour } from './colour.ts';
import { readSecret } from './secret.ts';
import { SafeText, safeText } from './safe-text.ts';
import type { Pieces, Terminal } from './session.ts';

export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

export interface TerminalOptions {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** For `NO_COLOR`, `FORCE_COLOR` and `TERM`. */
  readonly env?: NodeJS.ProcessEnv;
  /** The completions of the last word of a line. */
  readonly complete?: (line: string) => Promise<{ readonly word: string; readonly matches: readonly string[] }>;
  /** Lines of earlier sessions, oldest first. */
  readonly history?: readonly string[];
}

/**
 * The standard streams. Input is not read before the first question, so a plain command leaves it to the next program.
 * At a terminal, lines are edited with history and completion. From a pipe they are read one by one, and the prompt is
 * still printed, as Python's `input` does.
 */
export class StandardTerminal implements Terminal {
  readonly isForPeople: boolean;
  readonly hasColour: boolean;
  readonly showsProgress: boolean;
  /** Every line typed, oldest first. */
  history: readonly string[];
  readonly #options: TerminalOptions;
  /**
   * Lines that arrived before they were requested; bounded by what a person types ahead, or by the size of the script.
   */
  readonly #ahead: string[] = [];
  /** The controllers that Ctrl-C aborts: the last one. */
  readonly #interruptible: AbortController[] = [];
  #reader: Interface | undefined;
  #hasEnded = false;
  #hasProgress = false;
  #take: ((line: string | undefined) => void) | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.history = options.history ?? [];
    this.isForPeople = options.stdout.isTTY === true;
    this.showsProgress = options.stderr.isTTY === true;
    this.hasColour = wantsColour(options.stdout, options.env ?? {});
  }

  size(): { readonly columns: number; readonly rows: number } | undefined {
    const { columns, rows } = this.#options.stdout;
    return this.isForPeople ? { columns: columns || 80, rows: rows || 24 } : undefined;
  }

  /** On stderr: stdout contains the result, and may be a file while a person watches. */
  showProgress(line: string | undefined): void {
    const { stderr } = this.#options;
    if (!this.showsProgress || (line === undefined && !this.#hasProgress)) return;
    this.#hasProgress = line !== undefined;
    stderr.write(`\r\u001b[K${visible(line ?? '').slice(0, (stderr.columns || 80) - 1)}`);
  }

  print(text: string): void {
    this.draw(this.isForPeople ? safeText(text) : text);
  }

  printError(text: string): void {
    this.#options.stderr.write(this.showsProgress ? safeText(text) : text);
  }

  /** A pipe or file gets the bytes unchanged, as from supervisorctl. */
  printPieces(): Pieces {
    const { stdout } = this.#options;
    if (!this.isForPeople) return { write: (bytes) => void stdout.write(bytes), end: () => undefined };
    const safe = new SafeText();
    return { write: (bytes) => void stdout.write(safe.push(bytes)), end: () => void stdout.write(safe.end()) };
  }

  draw(text: string): void {
    this.#options.stdout.write(text);
  }

  ask(prompt: string): Promise<string | undefined> {
    const reader = this.#open();
    if (reader.terminal && this.#ahead.length === 0) {
      reader.setPrompt(prompt);
      // An empty prompt would still clear the line, including output without a line end.
      if (prompt === '') reader.resume();
      else reader.prompt();
    } else {
      this.print(prompt);
    }
    if (this.#ahead.length > 0 || this.#hasEnded) return Promise.resolve(this.#ahead.shift());
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  async askSecret(prompt: string): Promise<string | undefined> {
    const { stdin } = this.#options;
    if (stdin.isTTY !== true) return await this.ask(prompt);
    // The line editor echoes its input, so it must be closed; the next question opens another.
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.close();
    this.print(prompt);
    return await readSecret(stdin);
  }

  async interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#interruptible.push(controller);
    process.on('SIGINT', this.#interrupt);
    try {
      return await work(controller.signal);
    } finally {
      process.off('SIGINT', this.#interrupt);
      this.#interruptible.pop();
      // An interrupted question is withdrawn.
      this.#take = undefined;
    }
  }

  /** Closes the input. */
  close(): void {
    this.#reader?.close();
  }

  readonly #interrupt = (): void => {
    this.#interruptible.at(-1)?.abort();
  };

  #open(): Interface {
    if (this.#reader !== undefined) return this.#reader;
    const { stdin, stdout, complete } = this.#options;
    const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
    const reader = createInterface({
      input: stdin,
      crlfDelay: Infinity,
      terminal: isTerminal,
      // Without a terminal, an output would get a prompt of readline's own.
      ...(isTerminal && { output: stdout, history: this.history.toReversed(), historySize: 1000 }),
      ...(complete && { completer: completer(complete) }),
    });
    reader.on('line', (line) => this.#receive(line));
    reader.on('history', (lines) => {
      this.history = lines.toReversed();
    });
    reader.on('SIGINT', this.#interrupt);
    reader.on('close', () => {
      if (this.#reader === reader) this.#end();
    });
    this.#reader = reader;
    return reader;
  }

  #receive(line: string): void {
    const take = this.#take;
    this.#take = undefined;
    if (take) take(line);
    else this.#ahead.push(line);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#take?.(undefined);
    this.#take = undefined;
  }
}

type Complete = NonNullable<TerminalOptions['complete']>;

function completer(complete: Complete) {
  return (line: string, done: (error: Error | null, result: [string[], string]) => void): void => {
    complete(line).then(
      ({ word, matches }) => done(null, [[...matches], word]),
      () => done(null, [[], line]),
    );
  };
}
