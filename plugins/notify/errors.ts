import { errorsOf, type ErrorTable } from '../../core/index.ts';

/** Errors of this plugin, each with its text. The daemon does not start with one. */
export const NOTIFY_ERRORS = {
  /** `smtp` is given, and the package that speaks it is not installed. */
  TSV_NOTIFY_NODEMAILER: () =>
    'smtp needs the package nodemailer: npm install nodemailer, or leave smtp out to use sendmail',
} as const satisfies ErrorTable;

export type NotifyErrorCode = keyof typeof NOTIFY_ERRORS;

/** The error of one of these codes. */
export const notifyError = errorsOf(NOTIFY_ERRORS);
