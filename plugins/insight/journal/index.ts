/** A journal of what happened to every process, and an explanation made from it. */
export { JournalPlugin } from './journal-plugin.ts';
export { journalService, readJournal, type JournalQuery, type JournalService } from './service.ts';
export { JOURNAL_ERRORS, type JournalErrorCode } from './errors.ts';
export { explain, type Subject } from './explanation.ts';
export type {
  CoreDump,
  DaemonRecord,
  Decision,
  Ended,
  JournalRecord,
  LastOutput,
  LastUsage,
  Lost,
  NotStarted,
  Of,
  OutOfMemory,
  ProcessRecord,
  Removed,
  SentSignal,
  Started,
} from './record.ts';
