import type { LoggingLevel } from '../options.ts';

/** Supervisor's levels, by the four letters in a line, with their numbers. */
export const LEVELS = { CRIT: 50, ERRO: 40, WARN: 30, INFO: 20, DEBG: 10, TRAC: 5, BLAT: 3 } as const;

export type Level = keyof typeof LEVELS;

/** The level of each value of `loglevel`. */
export const LEVEL_OF_NAME = {
  critical: 'CRIT',
  error: 'ERRO',
  warn: 'WARN',
  info: 'INFO',
  debug: 'DEBG',
  trace: 'TRAC',
  blather: 'BLAT',
} as const satisfies Record<LoggingLevel, Level>;

/** Writes one line into the daemon's own log. */
export type Log = (level: Level, text: string) => void;
