/** A longer line is shown in pieces: a line without an end must not fill the memory. */
export const LONGEST_LINE = 65_536;

/** The last part of a log that was shown, kept to find the place again after a reconnection. */
export const REMEMBERED = 1_024;

const NEWLINE = 0x0a;

/** Splits bytes into complete lines without their ends. */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0);

  *cut(bytes: Buffer): Generator<string> {
    let from = 0;
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (let end = all.indexOf(NEWLINE); end !== -1; end = all.indexOf(NEWLINE, from)) {
      yield all.toString('utf8', from, end).replace(/\r$/, '');
      from = end + 1;
    }
    for (; all.length - from > LONGEST_LINE; from += LONGEST_LINE)
      yield all.toString('utf8', from, from + LONGEST_LINE);
    this.#rest = Buffer.from(all.subarray(from));
  }

  /** A last line that has no end. */
  *end(): Generator<string> {
    if (this.#rest.length > 0) yield this.#rest.toString();
    this.#rest = Buffer.alloc(0);
  }
}

/** The end of a text from the beginning of its nth last line on; a line without an end counts. */
export function lastLines(text: Buffer, count: number): Buffer {
  if (count === 0) return text.subarray(text.length);
  let at = text.at(-1) === NEWLINE ? text.length - 1 : text.length;
  for (let found = 0; found < count; found += 1) {
    if (at <= 0) return text;
    at = text.lastIndexOf(NEWLINE, at - 1);
    if (at === -1) return text;
  }
  return text.subarray(at + 1);
}

/** How many lines a text has, a last one without an end included. */
export function countLines(text: Buffer): number {
  let count = text.length > 0 && text.at(-1) !== NEWLINE ? 1 : 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** The text without a first line whose beginning is missing. */
export function wholeLines(text: Buffer): Buffer {
  const end = text.indexOf(NEWLINE);
  return end === -1 ? text : text.subarray(end + 1);
}

/**
 * The part of `text`, a later read of the end of a log, that follows `seen`, the earlier end of the same log.
 * `undefined` if the two do not overlap far enough to be sure.
 */
export function continueAfter(seen: Buffer, text: Buffer): Buffer | undefined {
  if (seen.length === 0) return text;
  const sure = Math.min(seen.length, SURE);
  const whole = text.lastIndexOf(seen);
  if (whole !== -1) return text.subarray(whole + seen.length);
  // The later read begins somewhere within `seen`.
  for (let from = 1; seen.length - from >= sure; from += 1) {
    const shared = seen.subarray(from);
    if (text.length >= shared.length && shared.equals(text.subarray(0, shared.length)))
      return text.subarray(shared.length);
  }
  return undefined;
}

/** Fewer equal bytes than this may be a coincidence. */
const SURE = 64;
