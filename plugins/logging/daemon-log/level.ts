import type { LoggingLevel } from '../options.ts';

/** Supervisor's levels: by the four letters in a line of the log, with its numbers. */
export const LEVELS = { CRIT: 50, ERRO: 40, WARN: 30, INFO: 20, DEBG: 10, TRAC: 5, BLAT: 3 } as const;

export type Level = keyof typeof LEVELS;

/** The level that a value of `loglevel` stands for. */
export const LEVEL_OF_NAME = {
  critical: 'CRIT',
  error: 'ERRO',
  warn: 'WARN',
  info: 'INFO',
  debug: 'DEBG',
  trace: 'TRAC',
  blather: 'BLAT',
} as const satisfies Record<LoggingLevel, Level>;

/** Writes lines into the daemon's own log, one method for each level. */
export interface Log {
  crit(text: string): void;
  error(text: string): void;
  warn(text: string): void;
  info(text: string): void;
  debug(text: string): void;
  trace(text: string): void;
  blather(text: string): void;
}

/** A {@link Log} on top of one function. */
export function logBy(write: (level: Level, text: string) => void): Log {
  return Object.freeze({
    crit: (text: string) => write('CRIT', text),
    error: (text: string) => write('ERRO', text),
    warn: (text: string) => write('WARN', text),
    info: (text: string) => write('INFO', text),
    debug: (text: string) => write('DEBG', text),
    trace: (text: string) => write('TRAC', text),
    blather: (text: string) => write('BLAT', text),
  });
}
