import type { Level } from './daemon-log/level.ts';

declare module '../../../core/index.ts' {
  interface EventMap {
    /** A log cannot be written, for example because the disk is full. Its writers wait from now on. */
    'log:blocked': LogBlocked;
    /** The log can be written again, and all waiting bytes are written. */
    'log:unblocked': Pick<LogBlocked, 'file'>;
    /** Bytes were dropped: the log is a pipe, and its reader has closed it. */
    'log:dropped': { readonly file: string; readonly bytes: number };
    /** A plugin wrote a line into the daemon's own log. */
    'log:written': { readonly level: Level; readonly text: string };
    /** Log files were opened anew under their names, for example by SIGUSR2. A plugin opens its own files anew, too. */
    'log:reopened': Readonly<Record<string, never>>;
  }
}

/** The log, and the reason in words: `ENOSPC: no space left on device`. */
export interface LogBlocked {
  readonly file: string;
  readonly reason: string;
}
