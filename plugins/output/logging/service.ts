import { service, type ProcessView } from '../../../core/index.ts';
import type { ActivityLogFile, ChildLog } from './tail/log-view.ts';
import type { Level } from './daemon-log/level.ts';

/** The two streams of a child that are read. */
export type Channel = 'stdout' | 'stderr';

/**
 * The result of a write to a child's stdin. `queued`: the bytes are in the pipe or will be written in order. `closed`:
 * the child has no stdin or has closed it. `full`: too many bytes wait already, and none of these was taken.
 */
export type StdinResult = 'queued' | 'closed' | 'full';

/**
 * What can be observed of the output of programs.
 * - `output`: the bytes of every read, as the program wrote them.
 * - `logEvent`: the output of a process with `stdout_events_enabled` (or `stderr_…`), Supervisor's PROCESS_LOG. Without
 *   capture tags, but with the bytes between them.
 * - `captured`: the bytes between two capture tags, Supervisor's PROCESS_COMMUNICATION: the newest `…_capture_maxbytes`
 *   of them.
 */
export type Observable = 'output' | 'logEvent' | 'captured';

export type OutputListener = (process: ProcessView, channel: Channel, bytes: Uint8Array) => void;

export interface LoggingService {
  /** Writes a line into the daemon's own log. Never throws: a log that fails is reported as `plugin:error`. */
  log(level: Level, text: string): void;
  /** Opens all log files anew under their names, as SIGUSR2 does, then emits `log:reopened`. Never throws. */
  reopen(): void;
  /** Writes bytes to the stdin of a process. */
  stdin(process: ProcessView, bytes: Uint8Array): StdinResult;
  /** The log of a channel; `undefined` if it has none (`NONE`, syslog, a redirected stderr). */
  childLog(process: ProcessView, channel: Channel): ChildLog | undefined;
  /**
   * Why a program is blocked when it writes, in words: one of its logs cannot be written. `undefined`: it is not
   * blocked.
   */
  blockOf(process: ProcessView): string | undefined;
  /** The daemon's own log; `undefined` if it is not a file. */
  activityLog(): ActivityLogFile | undefined;
  /**
   * Calls the listener with output after the log has got it. Returns a function that removes the listener. This is the
   * hottest path of the daemon: the bytes are in a buffer that the next read overwrites, and valid during the call
   * only, so copy what you keep (`Buffer.from(bytes)`). Listeners are isolated like those of events. Without a listener
   * output costs nothing more.
   */
  observe(what: Observable, listener: OutputListener, plugin: string): () => void;
}

/** Output of programs, and the daemon's own log: `supervisor.use(loggingService)?.log('WARN', text)`. */
export const loggingService = service<LoggingService>('logging');
