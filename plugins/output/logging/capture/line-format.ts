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
 */
export function lineFormat(format: Exclude<LogFormat, 'raw'>, origin: Origin): LineFormat {
  const time = isoTimes();
  if (format === 'timestamped') return (line) => timestamped(line, time(line.at));
  return (line) => [Buffer.from(`${JSON.stringify(record(line, time(line.at), origin))}\n`)];
}

const NEWLINE = Buffer.from('\n');
/** Ends a piece of a long line, and begins the next piece. */
const DOTS = '...';

/** Keeps the bytes of the line as they are, text or not. */
function timestamped({ bytes, isContinued, continues }: Line, time: string): Uint8Array[] {
  const prefix = Buffer.from(isContinued ? `${time} ${DOTS}` : `${time} `);
  return [prefix, bytes, continues ? Buffer.from(`${DOTS}\n`) : NEWLINE];
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
