import { errorsOf, type ErrorTable } from '../../../core/index.ts';

/** Errors of this plugin, each with its text. The daemon then continues without a journal on disk. */
export const JOURNAL_ERRORS = {
  /** The journal file is refused as unsafe to write to. */
  TSV_JOURNAL_REFUSED: (path: string, reason: string) =>
    `${path} cannot be the journal: ${reason}; move it away, or give another journal_file`,
} as const satisfies ErrorTable;

export type JournalErrorCode = keyof typeof JOURNAL_ERRORS;

/** Makes an error of one of these codes. */
export const journalError = errorsOf(JOURNAL_ERRORS);
