/** Why a program did not run, as text and as a kind that advice is based on. */
export interface ExecFailure {
  readonly kind: FailureKind;
  /** A clause that stands alone: `there is no file /opt/web/run`. */
  readonly text: string;
}

export type FailureKind = (typeof FAILURE_KINDS)[number];

/** All reasons why a command does not become a running program. */
export const FAILURE_KINDS = [
  /** The command cannot be split into words, or a part of it cannot be passed to the kernel. */
  'command',
  /** The program's directory is missing, is not a directory, or may not be entered. */
  'directory',
  /** There is no such file. */
  'missing',
  /** A directory, a pipe, a device. */
  'notFile',
  /** The user may not execute the file, or may not reach it. */
  'permission',
  /** The first line of a script names an interpreter that does not exist, or may not be executed. */
  'interpreter',
  /** The first line of a script ends with CR LF. */
  'lineEnds',
  /** A binary needs a loader (libc) that is not installed. */
  'loader',
  /** The file is neither a binary for this machine nor a script with an interpreter line. */
  'format',
  /** Somebody has the file open for writing. */
  'busy',
  /** Arguments and environment are larger than the kernel allows. */
  'tooLong',
  /** The child cannot switch to the user. */
  'identity',
  /** The limit of processes is reached. */
  'processes',
  'memory',
  'descriptors',
  'other',
] as const;
