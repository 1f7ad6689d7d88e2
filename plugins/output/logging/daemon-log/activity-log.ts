import type { DestinationStream, Logger } from 'pino';
import type { Sink } from '../sink.ts';
import { activityLogOf, type ActivityLogFile } from '../tail/log-view.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import { LEVEL_OF_NAME, LEVELS, type Level, type Log } from './level.ts';
import { formatLine } from './line.ts';
import { openSinks, type SinkContext } from './sinks.ts';

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

/** How many lines are kept before the log is open. Beyond it, the newest are dropped. */
const MOST_EARLY_LINES = 1_000;

/**
 * The daemon's own log: Supervisor's lines (`2024-05-01 12:00:00,123 INFO text`), through pino, which filters by level.
 * Lines are written synchronously, so that all lines before a crash are in the file.
 */
export class ActivityLog {
  readonly #context: SinkContext;
  #threshold: number = LEVELS.INFO;
  #logger: Logger<PinoLevel> | undefined;
  #sinks: readonly Sink[] = [];
  #file: ActivityLogFile | undefined;
  #early: { readonly level: Level; readonly text: string; readonly at: number }[] = [];
  /** The time of the line that is being written. */
  #at = 0;

  constructor(context: SinkContext) {
    this.#context = context;
  }

  readonly write: Log = (level, text) => this.#writeAt(level, text, this.#context.clock.wall());

  isEnabled(level: Level): boolean {
    return LEVELS[level] >= this.#threshold;
  }

  /** The log for reading; `undefined` if it is not a file. */
  get file(): ActivityLogFile | undefined {
    return this.#file;
  }

  /** Opens the sinks and writes the lines that were kept. @throws TSV_LOG_OPEN. */
  async open(settings: DaemonSettings): Promise<void> {
    const { sinks, file } = openSinks(settings, this.#context);
    this.#sinks = sinks;
    this.#file = file && activityLogOf(file, () => this.write('INFO', 'reopening log file'));
    // The default export: in the bundle a CommonJS package has no other.
    const { default: pino } = await import('pino');
    const threshold = LEVEL_OF_NAME[settings.loglevel];
    this.#threshold = LEVELS[threshold];
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
    for (const sink of this.#sinks) sink.close?.();
    this.#sinks = [];
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
   * Writes pino's records as lines. Because of the symbol, pino sets the parts of a record on the stream before it
   * writes, so nothing has to be parsed.
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
    for (const sink of this.#sinks) sink.write(bytes, () => undefined);
  }
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
