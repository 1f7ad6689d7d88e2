import { defineOptions } from '../../../core/index.ts';
import type { OptionValues, SectionCheck, SectionFault } from '../../../core/index.ts';
import {
  boolean,
  byteSize,
  count,
  existingDirectory,
  logFile,
  loggingLevel,
  logPath,
  oneOf,
  optionType,
  Refusal,
  textOf,
} from '../../config/option-types/index.ts';
import type { LogFile } from '../../config/option-types/index.ts';
import { LOG_FORMATS } from './capture/line-format.ts';
import { ROTATION_INTERVALS } from './file/rotation-due.ts';

const MEGABYTE = 1024 ** 2;

/**
 * Where a log goes: `{ kind: 'file', path } | { kind: 'auto' } | { kind: 'none' } | { kind: 'syslog' }`. Paths are as
 * written.
 */
export type { LogFile, LoggingLevel } from '../../config/option-types/index.ts';

const AUTO: LogFile = { kind: 'auto' };

const rotationInterval = oneOf('an interval', ROTATION_INTERVALS);
const logFormat = oneOf('a format', LOG_FORMATS);

const MAX_PREFIX = 200;

/** It is written again for each line, and must not make lines of its own. */
const prefix = optionType<string, string>({
  is: 'a prefix',
  allowed: `a text of at most ${MAX_PREFIX} characters on one line`,
  json: { type: 'string', maxLength: MAX_PREFIX, pattern: String.raw`^[^\r\n]*$` },
  parse(given) {
    const text = textOf(given);
    if (text === undefined) return new Refusal();
    if (/[\r\n]/.test(text)) return new Refusal('contains a line break');
    return text.length > MAX_PREFIX ? new Refusal(`${text.length} characters`) : text;
  },
});

/**
 * Where the output of a program goes. `stdout_logfile=syslog` (`kind: 'syslog'`) is a deprecated form of
 * `stdout_logfile=NONE` with `stdout_syslog=true`. With `redirect_stderr`, `stderr_logfile` has no effect.
 */
export const programOptions = defineOptions({
  redirect_stderr: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Send stderr where stdout goes; stderr_logfile then has no effect.',
  },
  stdout_logfile: {
    schema: logFile,
    default: AUTO,
    change: 'restart',
    description: 'File for stdout; AUTO chooses a name below childlogdir, NONE keeps nothing.',
  },
  stdout_logfile_maxbytes: {
    schema: byteSize,
    default: 50 * MEGABYTE,
    change: 'live',
    description: 'Size at which the stdout log is rotated; 0: never.',
  },
  stdout_logfile_backups: {
    schema: count,
    default: 10,
    change: 'live',
    description: 'How many rotated stdout logs to keep; with 0 the log is emptied instead.',
  },
  stdout_logfile_rotate: {
    schema: rotationInterval,
    default: 'never',
    change: 'live',
    description: 'Rotate the stdout log with the first write of a new hour, day or week as well.',
  },
  stdout_logfile_compress: {
    schema: boolean,
    default: false,
    change: 'live',
    description: 'Compress rotated stdout logs with gzip.',
  },
  stdout_direct: {
    schema: boolean,
    default: false,
    change: 'restart',
    description:
      'Let the program write its stdout log itself: nothing is lost at its exit, and it does not pass through the daemon.',
  },
  stdout_log_format: {
    schema: logFormat,
    default: 'raw',
    change: 'restart',
    description:
      'How each line is written to the stdout log: as it is (raw), after a time (timestamped), or as a JSON object.',
  },
  stdout_prefix: {
    schema: prefix,
    default: '',
    change: 'restart',
    description:
      'Text for the beginning of each line in the stdout log, as "%(program_name)s |" where programs share a log; coloured on a terminal.',
  },
  stdout_capture_maxbytes: {
    schema: byteSize,
    default: 0,
    change: 'restart',
    description: 'Most bytes to keep between the tags of PROCESS_COMMUNICATION on stdout; 0 turns capture off.',
  },
  stdout_events_enabled: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Send a PROCESS_LOG_STDOUT event with everything that is written to stdout.',
  },
  stdout_syslog: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Send stdout to syslog as well, line by line.',
  },
  stderr_logfile: {
    schema: logFile,
    default: AUTO,
    change: 'restart',
    description: 'File for stderr; AUTO chooses a name below childlogdir, NONE keeps nothing.',
  },
  stderr_logfile_maxbytes: {
    schema: byteSize,
    default: 50 * MEGABYTE,
    change: 'live',
    description: 'Size at which the stderr log is rotated; 0: never.',
  },
  stderr_logfile_backups: {
    schema: count,
    default: 10,
    change: 'live',
    description: 'How many rotated stderr logs to keep; with 0 the log is emptied instead.',
  },
  stderr_logfile_rotate: {
    schema: rotationInterval,
    default: 'never',
    change: 'live',
    description: 'Rotate the stderr log with the first write of a new hour, day or week as well.',
  },
  stderr_logfile_compress: {
    schema: boolean,
    default: false,
    change: 'live',
    description: 'Compress rotated stderr logs with gzip.',
  },
  stderr_direct: {
    schema: boolean,
    default: false,
    change: 'restart',
    description:
      'Let the program write its stderr log itself: nothing is lost at its exit, and it does not pass through the daemon.',
  },
  stderr_log_format: {
    schema: logFormat,
    default: 'raw',
    change: 'restart',
    description:
      'How each line is written to the stderr log: as it is (raw), after a time (timestamped), or as a JSON object.',
  },
  stderr_prefix: {
    schema: prefix,
    default: '',
    change: 'restart',
    description:
      'Text for the beginning of each line in the stderr log, as "%(program_name)s |" where programs share a log; coloured on a terminal.',
  },
  stderr_capture_maxbytes: {
    schema: byteSize,
    default: 0,
    change: 'restart',
    description: 'Most bytes to keep between the tags of PROCESS_COMMUNICATION on stderr; 0 turns capture off.',
  },
  stderr_events_enabled: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Send a PROCESS_LOG_STDERR event with everything that is written to stderr.',
  },
  stderr_syslog: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Send stderr to syslog as well, line by line.',
  },
});

/**
 * The daemon's own log. `logfile` is an absolute path, or the word `syslog`. `childlogdir` is always set: without one
 * in the configuration it is the folder for temporary files.
 */
export const supervisordOptions = defineOptions({
  logfile: {
    schema: logPath,
    default: 'supervisord.log',
    change: 'restart',
    description:
      'File for the log of the daemon itself, or syslog, or NONE; a relative path is against its working directory.',
  },
  logfile_maxbytes: {
    schema: byteSize,
    default: 50 * MEGABYTE,
    change: 'restart',
    description: 'Size at which the activity log is rotated; 0: never.',
  },
  logfile_backups: {
    schema: count,
    default: 10,
    change: 'restart',
    description: 'How many rotated activity logs to keep; with 0 the log is emptied instead.',
  },
  logfile_rotate: {
    schema: rotationInterval,
    default: 'never',
    change: 'restart',
    description: 'Rotate the activity log with the first write of a new hour, day or week as well.',
  },
  logfile_compress: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Compress rotated activity logs with gzip.',
  },
  loglevel: {
    schema: loggingLevel,
    default: 'info',
    change: 'restart',
    description: 'How much is written to the activity log; each level includes those before it.',
  },
  silent: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Do not write the activity log to stdout in the foreground.',
  },
  childlogdir: {
    schema: existingDirectory,
    default: undefined,
    change: 'restart',
    description: 'Folder for AUTO logs; it has to exist. Default: the folder for temporary files.',
  },
  nocleanup: { schema: boolean, default: false, change: 'restart', description: 'Keep the AUTO logs of earlier runs.' },
  strip_ansi: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Remove ANSI escape sequences (colours) from the logs of programs.',
  },
});

export type ProgramLoggingValues = OptionValues<typeof programOptions>;
export type DaemonLoggingValues = OptionValues<typeof supervisordOptions>;

/** `readonly sections` of the plugin's class. */
export const sections = { program: programOptions, supervisord: supervisordOptions } as const;

/** Checks for what Supervisor warns about, and for options that exclude each other. */
const checkProgram: SectionCheck = (values, given) => {
  const faults: SectionFault[] = [...directFaults('stdout', values), ...directFaults('stderr', values)];
  const isFile = (name: string) => given.has(name) && kindOf(values[name]) === 'file';
  if (values['redirect_stderr'] === true && isFile('stderr_logfile')) {
    faults.push({ option: 'stderr_logfile', severity: 'warning', message: 'ignored, because redirect_stderr is set' });
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    if (values[`${stream}_prefix`] !== '' && values[`${stream}_log_format`] === 'json') {
      faults.push({
        option: `${stream}_prefix`,
        message: `cannot be used with ${stream}_log_format=json, which names the process in each object`,
      });
    }
    const kind = kindOf(values[`${stream}_logfile`]);
    if (kind === 'syslog') {
      faults.push({
        option: `${stream}_logfile`,
        severity: 'warning',
        message: `deprecated; write ${stream}_syslog=true instead`,
      });
    }
    if (
      kind === 'auto' &&
      values[`${stream}_logfile_maxbytes`] === 0 &&
      !(stream === 'stderr' && values['redirect_stderr'] === true)
    ) {
      faults.push({
        option: `${stream}_logfile_maxbytes`,
        severity: 'warning',
        message: 'an AUTO log without a limit can fill up the file system',
      });
    }
  }
  return faults;
};

/** A program that writes its log itself bypasses all options that need its output. */
function directFaults(stream: 'stdout' | 'stderr', values: Readonly<Record<string, unknown>>): SectionFault[] {
  const option = `${stream}_direct`;
  if (values[option] !== true) return [];
  if (stream === 'stderr' && values['redirect_stderr'] === true) {
    return [{ option, severity: 'warning', message: 'ignored, because redirect_stderr is set' }];
  }
  const kind = kindOf(values[`${stream}_logfile`]);
  const conflicts = [
    ...(kind === 'none' || kind === 'syslog' ? [`${stream}_logfile=${kind}`] : []),
    ...(values[`${stream}_syslog`] === true ? [`${stream}_syslog`] : []),
    ...(values[`${stream}_events_enabled`] === true ? [`${stream}_events_enabled`] : []),
    ...(values[`${stream}_capture_maxbytes`] === 0 ? [] : [`${stream}_capture_maxbytes`]),
    ...(values[`${stream}_log_format`] === 'raw' ? [] : [`${stream}_log_format`]),
    ...(values[`${stream}_prefix`] === '' ? [] : [`${stream}_prefix`]),
  ];
  if (conflicts.length === 0) return [];
  return [
    { option, message: `cannot be used with ${conflicts.join(', ')}: the output does not pass through the daemon` },
  ];
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

/** `readonly checks` of the plugin's class. */
export const checks: Readonly<Record<string, SectionCheck>> = { program: checkProgram };

export { resolve } from './resolve.ts';
