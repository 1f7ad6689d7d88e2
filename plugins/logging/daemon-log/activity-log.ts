import type { DestinationStream, Logger } from 'pino';
import { clockTime, isoDate, localTime, visible, type Clock } from '../../../core/index.ts';
import type { Limits } from '../file/limits.ts';
import { LEVELS, type Level } from './level.ts';
import type { LogTarget } from '../file/log-target.ts';
import type { Syslog } from '../capture/syslog-sink.ts';

/** Where the lines go. */
export type Outlet =
  | { readonly kind: 'log'; readonly target: LogTarget; readonly limits: Limits }
  | { readonly kind: 'syslog'; readonly syslog: Syslog };

/** pino wants its levels in lower case. */
const PINO_NAMES = {
  CRIT: 'crit',
  ERRO: 'erro',
  WARN: 'warn',
  INFO: 'info',
  DEBG: 'debg',
  TRAC: 'trac',
  BLAT: 'blat',
} as const satisfies Record<Level, string>;
type PinoLevel = (typeof PINO_NAMES)[Level];
const { CRIT: crit, ERRO: erro, WARN: warn, INFO: info, DEBG: debg, TRAC: trac, BLAT: blat } = LEVELS;
const PINO_LEVELS: Record<PinoLevel, number> = { crit, erro, warn, info, debg, trac, blat };

/** Lines from before the log is open. More of them means that it never will be; the newest are dropped. */
const MOST_EARLY_LINES = 1_000;
/** What may wait for a full disk or a terminal that is stopped. Beyond it lines are dropped, and counted. */
const MOST_WAITING_BYTES = 1_048_576;

/**
 * The daemon's own log: Supervisor's lines (`2024-05-01 12:00:00,123 INFO text`), through pino, which keeps the levels and
 * offers the same records as JSON. Written synchronously: what was said before a crash is in the file.
 */
export class ActivityLog {
  readonly #clock: Clock;
  #threshold: number = LEVELS.INFO;
  #logger: Logger<PinoLevel> | undefined;
  #outlets: readonly Outlet[] = [];
  #early: { readonly level: Level; readonly text: string; readonly at: number }[] = [];
  /** The moment that the line being written is about. */
  #at = 0;
  #dropped = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  write(level: Level, text: string): void {
    this.#writeAt(level, text, this.#clock.wall());
  }

  isEnabled(level: Level): boolean {
    return LEVELS[level] >= this.#threshold;
  }

  /** Begins to write, with what was said before. */
  async open(threshold: Level, outlets: readonly Outlet[]): Promise<void> {
    // The default export: in the bundle a CommonJS package has no other.
    const { default: pino } = await import('pino');
    this.#threshold = LEVELS[threshold];
    this.#outlets = outlets;
    this.#logger = pino<PinoLevel>(
      {
        customLevels: PINO_LEVELS,
        useOnlyCustomLevels: true,
        level: PINO_NAMES[threshold],
        base: null,
        timestamp: () => `,"time":${this.#at}`,
      },
      this.#destination(),
    );
    for (const { level, text, at } of this.#early.splice(0)) this.#writeAt(level, text, at);
  }

  close(): void {
    this.#logger = undefined;
    this.#outlets = [];
  }

  #writeAt(level: Level, text: string, at: number): void {
    if (this.#logger === undefined) {
      if (this.#early.length < MOST_EARLY_LINES) this.#early.push({ level, text, at });
      return;
    }
    this.#at = at;
    this.#logger[PINO_NAMES[level]](text);
  }

  /**
   * Takes pino's records and writes lines. With this symbol pino puts the parts of a record on the stream before it writes, so
   * nothing has to be parsed.
   */
  #destination(): DestinationStream {
    const parts: DestinationStream & { lastLevel: number; lastMsg: string } = {
      lastLevel: 0,
      lastMsg: '',
      write: () => this.#writeLine(formatLine(this.#at, levelOf(parts.lastLevel), parts.lastMsg)),
    };
    return Object.assign(parts, { [Symbol.for('pino.metadata')]: true });
  }

  #writeLine(line: string): void {
    const bytes = Buffer.from(line);
    for (const outlet of this.#outlets) {
      if (outlet.kind === 'syslog') outlet.syslog(line.trimEnd());
      else this.#writeTo(outlet.target, outlet.limits, bytes);
    }
  }

  #writeTo(target: LogTarget, limits: Limits, bytes: Buffer): void {
    if (target.waiting + bytes.length > MOST_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0 && target.waiting === 0) {
      const lost = `${this.#dropped} lines are missing here: the log could not be written`;
      this.#dropped = 0;
      target.write(Buffer.from(formatLine(this.#clock.wall(), 'WARN', lost)), limits, () => undefined);
    }
    target.write(bytes, limits, () => undefined);
  }
}

/** One line of the log, in local time. A text of several lines is one record all the same: nobody forges one in somebody's name. */
export function formatLine(at: number, level: Level, text: string): string {
  const time = localTime(at);
  return `${isoDate(time)} ${clockTime(time)},${String(time.millisecond).padStart(3, '0')} ${level} ${visible(text)}\n`;
}

const LEVEL_BY_NUMBER = new Map<number, Level>(
  Object.entries(LEVELS).flatMap(([name, number]) => (isLevel(name) ? [[number, name] as const] : [])),
);

function levelOf(number: number): Level {
  return LEVEL_BY_NUMBER.get(number) ?? 'INFO';
}

function isLevel(name: string): name is Level {
  return Object.hasOwn(LEVELS, name);
}
