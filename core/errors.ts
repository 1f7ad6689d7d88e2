/**
 * Every error that tsvisor itself raises: a code and its text. Each code has a heading in docs/errors.md, which a test
 * compares with this table. Plugins add tables of their own with the same class.
 */
export const ERRORS = {
  /** A plugin threw while it was applied; nothing was started. */
  TSV_PLUGIN_APPLY: (plugin: string, reason: string) => `plugin ${plugin} cannot be applied: ${reason}`,
  /** Two plugins have the same name, so their errors and taps could not be distinguished. */
  TSV_PLUGIN_TWICE: (plugin: string) => `plugin ${plugin} is enabled twice; remove one of the two`,
  /** A tap threw, and the hook's contract makes that fail the operation. */
  TSV_TAP_FAILED: (plugin: string, hook: string, reason: string) =>
    `plugin ${plugin} failed in hook ${hook}: ${reason}`,
  /** A tap did not answer within the hook's deadline. */
  TSV_TAP_DEADLINE: (plugin: string, hook: string, deadlineMs: number) =>
    `plugin ${plugin} did not answer hook ${hook} within ${deadlineMs} ms`,
  /** A sync tap of an async hook returned a promise, which nobody would await. */
  TSV_TAP_PROMISE: (plugin: string, hook: string) =>
    `plugin ${plugin} returned a promise from a sync tap of hook ${hook}; use tapPromise`,
  /** A tap returned a value that its hook does not accept. */
  TSV_TAP_ANSWER: (plugin: string, hook: string, answer: string) =>
    `plugin ${plugin} gave hook ${hook} an answer that it cannot take: ${answer}`,
  /** A second plugin provided a service of the same name. */
  TSV_SERVICE_TWICE: (name: string) => `service ${name} is provided already; leave out one of the two plugins`,
  /** A service did not answer within its deadline. */
  TSV_SERVICE_DEADLINE: (name: string, call: string, deadlineMs: number) =>
    `service ${name} did not answer ${call} within ${deadlineMs} ms`,
  /** A record of a process or group lacks a required field. Only JavaScript gets here: the types forbid it. */
  TSV_CONFIG_RECORD: (what: string, option: string, kind: string) =>
    `${what}: ${option} is missing; it has to be ${kind}`,
  /** The file of a command does not exist; nothing ran. */
  TSV_COMMAND_NOT_FOUND: (argv0: string) => `can't find command '${argv0}'`,
  /** A command names a directory. */
  TSV_COMMAND_DIRECTORY: (file: string) => `command at '${file}' is a directory`,
  /** A command names a file without permission to execute it. */
  TSV_COMMAND_NOT_EXECUTABLE: (file: string) => `command at '${file}' is not executable`,
  /** The daemon's user may not execute the command. */
  TSV_COMMAND_NO_PERMISSION: (file: string) => `no permission to run command '${file}'`,
  /** A command has no words, or quotes that do not close. */
  TSV_COMMAND_SYNTAX: (command: string, reason: string) => `can't parse command '${command}': ${reason}`,
  /** Two groups, or two processes of one group, would have the same name. */
  TSV_DUPLICATE_NAME: (what: string, name: string) => `there is already a ${what} named ${name}`,
  /** No group or process of that name. */
  TSV_UNKNOWN_NAME: (name: string) => `no process or group named ${name}`,
  /** A group cannot be removed while one of its processes runs. */
  TSV_STILL_RUNNING: (name: string) => `group ${name} still has running processes; stop it first`,
  /** The configuration cannot be updated before the supervisor runs or while it stops. */
  TSV_NOT_RUNNING: (state: string) => `the configuration cannot be updated while the supervisor is ${state}`,
  /** A shutdown was requested before the supervisor had started. */
  TSV_START_ENDED: () => 'it was shut down before it had started, while a plugin was still opening something',
} as const satisfies ErrorTable;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code from {@link ERRORS}; `cause` keeps the original. */
export class TsvError<Code extends string = ErrorCode> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'TsvError';
    this.code = code;
  }
}

/** Message texts by code. The parameters of a text are the details that it needs. */
export type ErrorTable = Readonly<Record<`TSV_${string}`, (...details: never[]) => string>>;

/**
 * Makes the function that creates the errors of a table: `const tsvError = errorsOf(ERRORS)`. For plugins with their
 * own codes.
 */
export function errorsOf<Table extends ErrorTable>(table: Table) {
  return <Code extends keyof Table & `TSV_${string}`>(
    code: Code,
    details: Parameters<Table[Code]>,
    cause?: unknown,
  ): TsvError<Code> => {
    // The signature ties the details to the code; TypeScript loses that link in the lookup.
    const text = table[code] as (...details: readonly unknown[]) => string;
    return new TsvError(code, text(...details), cause === undefined ? {} : { cause });
  };
}

/** Makes the error of a core code. `details`: what its text needs. */
export const tsvError = errorsOf(ERRORS);

/** The message of a thrown value; where a part of this installation is gone, also what to do. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const isGone = codeOf(error) === 'ERR_MODULE_NOT_FOUND' && text.startsWith(`Cannot find module '${INSTALLATION}`);
  return isGone ? `${text}; tsvisor was installed anew while this daemon runs: tsvctl upgrade goes on with it` : text;
}

/** The folder that the parts of tsvisor are in, which are loaded when they are needed. */
const INSTALLATION = new URL('..', import.meta.url).pathname;

/** The call stack of an error, one line per call; empty for a value that is not an Error. */
export function callsOf(error: unknown): readonly string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}

/**
 * The code of an error: an errno name (`ENOSPC`), Node's code (`ERR_MODULE_NOT_FOUND`), or one of ours. `undefined` if
 * it has none.
 */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
