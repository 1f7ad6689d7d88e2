import { errorsOf, type ErrorTable } from '../../../core/index.ts';

/** Errors of this plugin, each with its text. They prevent the start of the daemon. */
export const NOTIFY_ERRORS = {
  /** `smtp` is set, but the package that implements it is not installed. */
  TSV_NOTIFY_NODEMAILER: () =>
    'smtp needs the package nodemailer: npm install nodemailer, or leave smtp out to use sendmail',
} as const satisfies ErrorTable;

export type NotifyErrorCode = keyof typeof NOTIFY_ERRORS;

/** Makes an error of one of these codes. */
export const notifyError = errorsOf(NOTIFY_ERRORS);
