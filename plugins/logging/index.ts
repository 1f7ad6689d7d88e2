/** Output of programs, and the daemon's own log. */
export { LoggingPlugin } from './logging-plugin.ts';
export type { LogBlocked } from './log-events.ts';
export type { LoggingOptions } from './daemon-settings.ts';
export { getLoggingHooks } from './hooks.ts';
export {
  loggingService,
  type Channel,
  type LoggingService,
  type Observable,
  type OutputListener,
  type StdinResult,
} from './service.ts';
export type { Level, Log } from './level.ts';
export type { ChildLog } from './child-log.ts';
export type { ActivityLogFile } from './activity-log.ts';
export type { FollowOptions } from './follow.ts';
export type { ClearResult } from './log-target.ts';
export type { ReadResult, TailResult } from './read-log.ts';
export type { Sink } from './sink.ts';
export { LOGGING_ERRORS, type LoggingErrorCode } from './errors.ts';
export { textOf } from './output-text.ts';
