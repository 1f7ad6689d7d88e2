import { errorsOf, type ErrorTable } from '../../core/index.ts';

/** Errors of this plugin, each with its text. The daemon goes on without a journal on disk then. */
export const JOURNAL_ERRORS = {
  /** The file of the journal is not one that may be written to. */
  TSV_JOURNAL_REFUSED: (path: string, reason: string) =>
    `${path} cannot be the journal: ${reason}; move it away, or give another journal_file`,
} as const satisfies ErrorTable;

export type JournalErrorCode = keyof typeof JOURNAL_ERRORS;

/** The error of one of these codes. */
export const journalError = errorsOf(JOURNAL_ERRORS);
