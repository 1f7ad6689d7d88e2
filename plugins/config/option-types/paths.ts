import { optionType, Refusal } from './option-type.ts';
import type { OptionType } from './option-type.ts';
import { needing } from './path-need.ts';
import { textOf } from './texts.ts';

/** Where a log goes. */
export type LogFile =
  | { readonly kind: 'file'; readonly path: string }
  /** A file under `childlogdir` with a name made up at start and removed at the next one. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  /** The deprecated spelling `stdout_logfile=syslog`. */
  | { readonly kind: 'syslog' };

/** A path, `AUTO`, `NONE` (or `off`, or nothing), or `syslog`. */
export const logFile: OptionType<string, LogFile> = needing(
  'writable',
  optionType({
    is: 'a log file',
    allowed: 'a path, AUTO, NONE or syslog',
    json: { type: 'string' },
    parse: (given): LogFile | Refusal => {
      if (typeof given !== 'string') return new Refusal();
      if (given.includes('\0')) return new Refusal('a path cannot contain a NUL byte');
      switch (given.toLowerCase()) {
        case '':
        case 'none':
        case 'off':
          return { kind: 'none' };
        case 'auto':
          return { kind: 'auto' };
        case 'syslog':
          return { kind: 'syslog' };
        default:
          return { kind: 'file', path: given };
      }
    },
    toText: describeLogFile,
    toNative: (text) => (text === '' ? 'NONE' : undefined),
  }),
);

function describeLogFile(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return 'path' in value ? String(value.path) : String(value.kind).toUpperCase();
}

/** The path of a file in a directory that exists. */
export const filePath: OptionType<string, string> = needing('parent', pathType('a path', 'a path'));

/** The path of a socket that is to be made. */
export const socketPath: OptionType<string, string> = needing('socket', pathType('a path', 'a path'));

/** The path of a log file, or a word that stands for another destination. */
export const logPath: OptionType<string, string> = needing('writable', pathType('a path', 'a path'));

/** The path of a directory that has to exist. */
export const existingDirectory: OptionType<string, string> = needing(
  'directory',
  pathType('a directory', 'the path of a directory'),
);

/** The path of a directory that a child changes to; it may come into being later. */
export const directoryPath: OptionType<string, string> = pathType('a directory', 'the path of a directory', {
  value: '',
  means: 'the program cannot start, as there is no such directory',
});

/** The path of the pidfile. Supervisor takes an empty one for the working directory, which cannot be written. */
export const pidFile: OptionType<string, string> = needing(
  'parent',
  pathType('a path', 'a path', { value: '', means: 'there will be no pidfile' }),
);

function pathType(is: string, allowed: string, empty?: { value: string; means: string }): OptionType<string, string> {
  return optionType({
    ...(empty !== undefined && { empty }),
    is,
    allowed,
    json: { type: 'string', minLength: 1 },
    parse: (given) => (given === '' ? new Refusal('empty') : (textOf(given) ?? new Refusal())),
  });
}
