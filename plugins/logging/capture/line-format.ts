import type { Line } from './lines.ts';

/** How output is written into the log. */
export const LOG_FORMATS = ['raw', 'timestamped', 'json'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** Whose output it is. */
export interface Origin {
  /** `group:name`, or the name alone where both are the same. */
  readonly process: string;
  readonly stream: 'stdout' | 'stderr';
}

/** The bytes of one line in the log, newline included, in pieces. */
export type LineFormat = (line: Line) => Uint8Array[];

/** How the lines of a program are written. Times are UTC: a log must read the same before and after a change of the clocks. */
export function lineFormat(format: Exclude<LogFormat, 'raw'>, origin: Origin): LineFormat {
  const time = isoTimes();
  if (format === 'timestamped') return (line) => timestamped(line, time(line.at));
  return (line) => [Buffer.from(`${JSON.stringify(record(line, time(line.at), origin))}\n`)];
}

const NEWLINE = Buffer.from('\n');
/** Ends a piece whose line goes on, and begins the piece in which it does. */
const DOTS = '...';

/** The bytes of the line stay as they are, text or not. */
function timestamped({ bytes, isContinued, continues }: Line, time: string): Uint8Array[] {
  const prefix = Buffer.from(isContinued ? `${time} ${DOTS}` : `${time} `);
  return [prefix, bytes, continues ? Buffer.from(`${DOTS}\n`) : NEWLINE];
}

/** What is no UTF-8 becomes U+FFFD: JSON has nothing else to say it with. */
function record(
  { bytes, continues }: Line,
  time: string,
  { process, stream }: Origin,
): Readonly<Record<string, unknown>> {
  return { time, process, stream, message: bytes.toString('utf8'), ...(continues && { continues }) };
}

/** ISO 8601 with milliseconds. Most lines come at the same moment as the one before. */
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
