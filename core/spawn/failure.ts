/** Why a program did not run, for people and for the advice that follows from it. */
export interface ExecFailure {
  readonly kind: FailureKind;
  /** A clause that stands alone: `there is no file /opt/web/run`. */
  readonly text: string;
}

export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Everything that can keep a command from becoming a running program. */
export const FAILURE_KINDS = [
  /** The command cannot be split into words, or a part of it cannot be handed to the kernel. */
  'command',
  /** The program's directory is missing, is none, or may not be entered. */
  'directory',
  /** There is no such file. */
  'missing',
  /** A directory, a pipe, a device. */
  'notFile',
  /** The user may not execute the file, or not reach it. */
  'permission',
  /** The first line of a script names an interpreter that does not exist, or may not be executed. */
  'interpreter',
  /** The first line of a script ends with CR LF. */
  'lineEnds',
  /** A binary was linked for a loader (libc) that is not installed. */
  'loader',
  /** Neither a binary for this machine nor a script with an interpreter line. */
  'format',
  /** Somebody has the file open for writing. */
  'busy',
  /** Arguments and environment take more room than the kernel gives. */
  'tooLong',
  /** The child cannot become the user. */
  'identity',
  /** The limit of processes is reached. */
  'processes',
  'memory',
  'descriptors',
  'other',
] as const;
