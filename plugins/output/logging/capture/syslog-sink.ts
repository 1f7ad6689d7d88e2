import type { Sink } from '../sink.ts';

/** Sends one message to syslog. */
export type Syslog = (text: string) => void;

/** An unfinished line is sent when it has this many bytes. */
const MOST_LINE_BYTES = 8_192;
const NEWLINE = 0x0a;

/** Sends output to syslog, line by line, each after the name of its process. */
export class SyslogSink implements Sink {
  readonly #name: string;
  readonly #syslog: Syslog;
  #line: Buffer = Buffer.alloc(0);

  constructor(name: string, syslog: Syslog) {
    this.#name = name;
    this.#syslog = syslog;
  }

  write(bytes: Uint8Array): boolean {
    let rest = Buffer.concat([this.#line, bytes]);
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      this.#send(rest.subarray(0, at));
      rest = rest.subarray(at + 1);
    }
    for (; rest.length >= MOST_LINE_BYTES; rest = rest.subarray(MOST_LINE_BYTES)) {
      this.#send(rest.subarray(0, MOST_LINE_BYTES));
    }
    this.#line = Buffer.from(rest);
    return true;
  }

  endOfRun(): void {
    if (this.#line.length > 0) this.#send(this.#line);
    this.#line = Buffer.alloc(0);
  }

  #send(line: Buffer): void {
    this.#syslog(`${this.#name} ${line.toString()}`);
  }
}
