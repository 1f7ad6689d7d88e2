import { errorsOf, type ErrorTable } from '../../../core/index.ts';

/** Errors of this plugin, each with its text. */
export const PERSIST_ERRORS = {
  /** Without the system calls, or without a state folder of its own. */
  TSV_UPGRADE_IMPOSSIBLE: () => 'this daemon cannot become another version: it keeps no state; see its log',
  TSV_UPGRADE_ENDING: () => 'this daemon is about to end or to restart',
  /** The new version was tried, and has failed. */
  TSV_UPGRADE_REFUSED: (command: string, reason: string) => `the new version (${command}) cannot go on: ${reason}`,
} as const satisfies ErrorTable;

export type PersistErrorCode = keyof typeof PERSIST_ERRORS;

/** The error of one of these codes. */
export const persistError = errorsOf(PERSIST_ERRORS);
