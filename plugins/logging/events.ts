import type { Level } from './daemon-log/level.ts';

declare module '../../core/index.ts' {
  interface EventMap {
    /** A log cannot be written (the disk is full, say); those who write to it wait from now on. */
    'log:blocked': LogBlocked;
    /** It can be written again, and all that waited is written. */
    'log:unblocked': Pick<LogBlocked, 'file'>;
    /** Bytes that nobody will ever read were thrown away: the other end of the pipe that the log is has been closed. */
    'log:dropped': { readonly file: string; readonly bytes: number };
    /** A plugin wrote a line into the daemon's own log. */
    'log:written': { readonly level: Level; readonly text: string };
    /** Log files were opened anew under their names, as SIGUSR2 asks: do the same with files of your own. */
    'log:reopened': Readonly<Record<string, never>>;
  }
}

/** Which log, and why in words: `ENOSPC: no space left on device`. */
export interface LogBlocked {
  readonly file: string;
  readonly reason: string;
}
