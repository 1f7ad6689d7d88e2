import { service, type ProcessView } from '../../core/index.ts';
import type { ActivityLogFile, ChildLog } from './tail/log-view.ts';
import type { Level } from './daemon-log/level.ts';

/** The two streams of a child that are read. */
export type Channel = 'stdout' | 'stderr';

/**
 * What became of bytes for a child's stdin: `queued` is as good as delivered; `closed` means nobody reads (any more);
 * `full` means that too much is waiting already, and that none of these bytes was taken.
 */
export type StdinResult = 'queued' | 'closed' | 'full';

/**
 * What can be observed of the output of programs.
 * - `output`: as it arrived, nothing taken out or added, after every read.
 * - `logEvent`: of a process with `stdout_events_enabled` (or `stderr_…`), what Supervisor announces as PROCESS_LOG. Without
 *   the tags of a capture, and with what stood between them.
 * - `captured`: what stood between two capture tags, Supervisor's PROCESS_COMMUNICATION. At most `…_capture_maxbytes`, the newest.
 */
export type Observable = 'output' | 'logEvent' | 'captured';

export type OutputListener = (process: ProcessView, channel: Channel, bytes: Uint8Array) => void;

export interface LoggingService {
  /** Writes a line into the daemon's own log. Never throws: a log that fails is reported as `plugin:error`. */
  log(level: Level, text: string): void;
  /** Opens all log files anew under their names (SIGUSR2), then emits `log:reopened`. Never throws. */
  reopen(): void;
  /** Sends bytes to the stdin of a process. `closed` where it has none that anybody could write to. */
  stdin(process: ProcessView, bytes: Uint8Array): StdinResult;
  /** The log of a channel; `undefined` where it has none (`NONE`, syslog, a redirected stderr). */
  childLog(process: ProcessView, channel: Channel): ChildLog | undefined;
  /** Why a program has to wait with what it writes, in words: a log of it cannot be written. `undefined`: it need not. */
  blockOf(process: ProcessView): string | undefined;
  /** The daemon's own log; `undefined` where it is not a file. */
  activityLog(): ActivityLogFile | undefined;
  /**
   * Calls the listener with output after it was given to the log. Returns its undo. This is the hottest path of the daemon:
   * the bytes lie in a buffer that the next read uses again and are valid during the call only, so copy what you keep
   * (`Buffer.from(bytes)`). Listeners are isolated as those to events are, and without any nothing is done for them.
   */
  observe(what: Observable, listener: OutputListener, plugin: string): () => void;
}

/** Output of programs, and the daemon's own log: `supervisor.use(loggingService)?.log('WARN', text)`. */
export const loggingService = service<LoggingService>('logging');
