import { errorsOf, type ErrorTable } from '../../../core/index.ts';

/** Errors of this plugin, each with its text. Each prevents the start of the supervisor. */
export const LOGGING_ERRORS = {
  /** The daemon's own log cannot be opened. */
  TSV_LOG_OPEN: (path: string, reason: string, uid: number) =>
    `cannot open logfile ${path}: ${reason} (running as uid ${uid})`,
  /** Logs of programs could not be written. */
  TSV_LOG_UNWRITABLE: (problems: readonly string[], uid: number) =>
    `cannot write ${problems.join('; ')} (running as uid ${uid})`,
  /** The pipes between the daemon and its programs cannot be made. */
  TSV_PIPE: (reason: string) => `cannot make pipes for programs: ${reason}`,
} as const satisfies ErrorTable;

export type LoggingErrorCode = keyof typeof LOGGING_ERRORS;

/** The error of one of these codes. */
export const loggingError = errorsOf(LOGGING_ERRORS);
