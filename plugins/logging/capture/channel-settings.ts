import { readOptions, type ChangeTables, type Process, type ProcessConfig } from '../../../core/index.ts';
import { autoLogPath, type AutoLogs } from '../file/auto-log.ts';
import { limitsOf, type Limits } from '../file/limits.ts';
import type { Channel } from '../service.ts';
import type { LogFormat } from './line-format.ts';
import { programOptions, type LogFile, type ProgramLoggingValues } from '../options.ts';

/** What the configuration of a process says about one of its channels. */
export interface ChannelSettings {
  /** The log; `undefined` where there is none. An AUTO log is made and removed by the daemon. */
  readonly file: { readonly path: string; readonly isAuto: boolean } | undefined;
  /** Of the log only: everybody else gets the bytes as they are. */
  readonly format: LogFormat;
  /** The program writes the log itself. */
  readonly isDirect: boolean;
  readonly toSyslog: boolean;
  /** 0: nothing is captured. */
  readonly captureMaxBytes: number;
  readonly areEventsEnabled: boolean;
}

export interface OutputSettings {
  /** stderr goes where stdout goes. */
  readonly isRedirected: boolean;
  readonly stdout: ChannelSettings;
  readonly stderr: ChannelSettings;
}

/** The AUTO logs of a process, by channel. */
export type AutoLogPaths = Readonly<Partial<Record<Channel, string>>>;

/** Reads the options of a process. A name is made up for each AUTO log that has none yet. */
export function outputSettings({ name, config }: Process, autoLogs: AutoLogs, named: AutoLogPaths): OutputSettings {
  const options = readOptions(config.options, programOptions);
  const channel = (channel: Channel, given: LogFile): ChannelSettings => ({
    file: fileOf(given, () => named[channel] ?? autoLogPath(autoLogs, name, channel)),
    isDirect: options[`${channel}_direct`],
    format: options[`${channel}_log_format`],
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

/** When the logs are rotated: the part that may change while a child writes. */
export function channelLimits({ config }: Process): Readonly<Record<Channel, Limits>> {
  const options = readOptions(config.options, programOptions);
  return { stdout: limitsOf('stdout_logfile', options), stderr: limitsOf('stderr_logfile', options) };
}

/**
 * Whether the next child needs other pipes than the last one: an option changed that they, or what other plugins do with
 * them, may depend on; or the user, whom a pipe belongs to.
 */
export function needsNewPipes(before: ProcessConfig, after: ProcessConfig, tables: ChangeTables): boolean {
  return fixed(before, tables) !== fixed(after, tables);
}

/** What is fixed for as long as a child runs. Values of options are data, and data of one value has one text. */
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
