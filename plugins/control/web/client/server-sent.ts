/** One event of a stream of server-sent events (HTML standard, 9.2). */
export interface ServerSent {
  /** `message` where the stream does not say. */
  readonly event: string;
  readonly data: string;
  /** The last event id: what to request after a break. */
  readonly id: string;
}

/** The longest event. A stream that exceeds it is not ours, and is closed. */
const LONGEST_EVENT = 8_000_000;

/** Splits a stream into events: takes pieces of text, returns complete events. */
export class ServerSentReader {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id = '';

  /** @throws RangeError for an event without end */
  push(text: string): readonly ServerSent[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_EVENT) throw new RangeError('an event of the stream does not end');
    return lines.flatMap((line) => this.#take(line));
  }

  #take(line: string): readonly ServerSent[] {
    if (line === '') return this.#dispatch();
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id') this.#id = value;
    return [];
  }

  #dispatch(): readonly ServerSent[] {
    const [event, data] = [this.#event, this.#data];
    this.#event = '';
    this.#data = [];
    return data.length === 0 ? [] : [{ event: event || 'message', data: data.join('\n'), id: this.#id }];
  }
}
