import type { Line } from './lines.ts';

/** The formats of a log. */
export const LOG_FORMATS = ['raw', 'timestamped', 'json'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** The process and stream that wrote a line. */
export interface Origin {
  /** `group:name`, or the name alone if both are equal. */
  readonly process: string;
  readonly stream: 'stdout' | 'stderr';
}

/** The bytes of one line in the log, newline included, in pieces. */
export type LineFormat = (line: Line) => Uint8Array[];

/**
 * Makes the formatter of the lines of a program. Times are UTC, so that a change to summer time leaves no gap in a log.
 * `prefix`: for each line, after the time; not in JSON, which names the process anyway.
 */
export function lineFormat(format: LogFormat, origin: Origin, prefix = ''): LineFormat {
  if (format === 'raw') return (line) => withHead(line, prefix);
  const time = isoTimes();
  if (format === 'timestamped') return (line) => withHead(line, `${time(line.at)} ${prefix}`);
  return (line) => [Buffer.from(`${JSON.stringify(record(line, time(line.at), origin))}\n`)];
}

const NEWLINE = Buffer.from('\n');
/** Ends a piece of a long line, and begins the next piece. */
const DOTS = '...';

/** Keeps the bytes of the line as they are, text or not. */
function withHead({ bytes, isContinued, continues }: Line, head: string): Uint8Array[] {
  const begin = Buffer.from(isContinued ? `${head}${DOTS}` : head);
  return [begin, bytes, continues ? Buffer.from(`${DOTS}\n`) : NEWLINE];
}

/** Bytes that are not UTF-8 become U+FFFD: JSON cannot express them. */
function record(
  { bytes, continues }: Line,
  time: string,
  { process, stream }: Origin,
): Readonly<Record<string, unknown>> {
  return { time, process, stream, message: bytes.toString('utf8'), ...(continues && { continues }) };
}

/** ISO 8601 with milliseconds. Keeps the last text, because most lines have the time of the line before. */
function isoTimes(): (at: number) => string {
  let last = Number.NaN;
  let text = '';
  return (at) => {
    if (at !== last) {
      text = new Date(at).toISOString();
      last = at;
    }
    return text;
  };
}
