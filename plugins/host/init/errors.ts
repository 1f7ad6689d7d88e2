import { errorsOf, type ErrorTable } from '../../../core/index.ts';

/** Errors of this plugin, each with its text. */
export const INIT_ERRORS = {
  /** Without it the daemon would never end. */
  TSV_EXIT_WHEN_UNKNOWN: (name: string, known: readonly string[]) =>
    `[supervisord] exit_when=${name}: there is no such program; there are ${known.join(', ')}`,
} as const satisfies ErrorTable;

export type InitErrorCode = keyof typeof INIT_ERRORS;

/** The error of one of these codes. */
export const initError = errorsOf(INIT_ERRORS);
