/** Output of programs, and the daemon's own log. */
export { LoggingPlugin } from './logging-plugin.ts';
export type { LogBlocked } from './events.ts';
export type { LoggingOptions } from './daemon-log/daemon-settings.ts';
export { getLoggingHooks } from './hooks.ts';
export {
  loggingService,
  type Channel,
  type LoggingService,
  type Observable,
  type OutputListener,
  type StdinResult,
} from './service.ts';
export type { Level, Log } from './daemon-log/level.ts';
export type { ActivityLogFile, ChildLog } from './tail/log-view.ts';
export type { FollowOptions } from './tail/follow.ts';
export type { ClearResult } from './file/log-target.ts';
export type { ReadResult, TailResult } from './tail/read-log.ts';
export type { Sink } from './sink.ts';
export { LOGGING_ERRORS, type LoggingErrorCode } from './errors.ts';
export { textOf } from './capture/output-text.ts';
