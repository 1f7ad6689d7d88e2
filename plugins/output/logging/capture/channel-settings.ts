import { readOptions, type ChangeTables, type Process, type ProcessConfig } from '../../../../core/index.ts';
import { autoLogPath, type AutoLogs } from '../file/auto-log.ts';
import { limitsOf, type Limits } from '../file/limits.ts';
import type { Channel } from '../service.ts';
import type { LogFormat } from './line-format.ts';
import { programOptions, type LogFile, type ProgramLoggingValues } from '../options.ts';

/** The configuration of one channel of a process. */
export interface ChannelSettings {
  /** The log; `undefined` where there is none. The daemon creates and removes AUTO logs. */
  readonly file: { readonly path: string; readonly isAuto: boolean } | undefined;
  /** Of the log file only: syslog and observers get the bytes as they are. */
  readonly format: LogFormat;
  /** What each line in the file begins with; '' for nothing. */
  readonly prefix: string;
  /** The program writes the log file itself. */
  readonly isDirect: boolean;
  readonly toSyslog: boolean;
  /** 0: nothing is captured. */
  readonly captureMaxBytes: number;
  readonly areEventsEnabled: boolean;
}

export interface OutputSettings {
  /** stderr is written to stdout. */
  readonly isRedirected: boolean;
  readonly stdout: ChannelSettings;
  readonly stderr: ChannelSettings;
}

/** The AUTO logs of a process, by channel. */
export type AutoLogPaths = Readonly<Partial<Record<Channel, string>>>;

/** Reads the options of a process. Each AUTO log gets a new name unless `named` has one. */
export function outputSettings({ name, config }: Process, autoLogs: AutoLogs, named: AutoLogPaths): OutputSettings {
  const options = readOptions(config.options, programOptions);
  const channel = (channel: Channel, given: LogFile): ChannelSettings => ({
    file: fileOf(given, () => named[channel] ?? autoLogPath(autoLogs, name, channel)),
    isDirect: options[`${channel}_direct`],
    format: options[`${channel}_log_format`],
    prefix: options[`${channel}_prefix`],
    toSyslog: options[`${channel}_syslog`] || given.kind === 'syslog',
    captureMaxBytes: options[`${channel}_capture_maxbytes`],
    areEventsEnabled: options[`${channel}_events_enabled`],
  });
  return {
    isRedirected: options.redirect_stderr,
    stdout: channel('stdout', options.stdout_logfile),
    stderr: channel('stderr', stderrFile(options)),
  };
}

/** When the logs are rotated: the only settings that may change while a child runs. */
export function channelLimits({ config }: Process): Readonly<Record<Channel, Limits>> {
  const options = readOptions(config.options, programOptions);
  return { stdout: limitsOf('stdout_logfile', options), stderr: limitsOf('stderr_logfile', options) };
}

/**
 * Whether the next child needs new pipes: the user, who owns the pipes, has changed, or an option that the pipes, or
 * another plugin's use of them, may depend on.
 */
export function needsNewPipes(before: ProcessConfig, after: ProcessConfig, tables: ChangeTables): boolean {
  return fixed(before, tables) !== fixed(after, tables);
}

/**
 * The settings that are fixed while a child runs, as text. Options are plain data, so equal values have equal texts.
 */
function fixed({ user, options }: ProcessConfig, tables: ChangeTables): string {
  const entries = Object.entries(options).filter(([name]) => tables.ofProcess(name).change !== 'live');
  return JSON.stringify([user, entries.toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}

function stderrFile({ redirect_stderr, stderr_logfile }: ProgramLoggingValues): LogFile {
  return redirect_stderr ? { kind: 'none' } : stderr_logfile;
}

function fileOf(given: LogFile, autoPath: () => string): ChannelSettings['file'] {
  if (given.kind === 'file') return { path: given.path, isAuto: false };
  return given.kind === 'auto' ? { path: autoPath(), isAuto: true } : undefined;
}
