import { readOptions, type Process } from '../../core/index.ts';
import { autoLogPath, type AutoLogs } from './auto-log.ts';
import type { Limits } from './backlog.ts';
import type { Channel } from './hooks.ts';
import type { LogFormat } from './line-format.ts';
import { programOptions, type LogFile, type ProgramLoggingValues } from './options.ts';

/** What the configuration of a process says about one of its channels. */
export interface ChannelSettings {
  /** The log; `undefined` where there is none. An AUTO log is made and removed by the daemon. */
  readonly file: { readonly path: string; readonly isAuto: boolean } | undefined;
  readonly limits: Limits;
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

/** Reads the options of a process. A name for each AUTO log is made up on the way. */
export function outputSettings({ name, config }: Process, autoLogs: AutoLogs): OutputSettings {
  const options = readOptions(config.options, programOptions);
  const channel = (channel: Channel, given: LogFile): ChannelSettings => ({
    file: fileOf(given, () => autoLogPath(autoLogs, name, channel)),
    limits: {
      maxBytes: options[`${channel}_logfile_maxbytes`],
      backups: options[`${channel}_logfile_backups`],
      interval: options[`${channel}_logfile_rotate`],
      isCompressed: options[`${channel}_logfile_compress`],
    },
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

function stderrFile({ redirect_stderr, stderr_logfile }: ProgramLoggingValues): LogFile {
  return redirect_stderr ? { kind: 'none' } : stderr_logfile;
}

function fileOf(given: LogFile, autoPath: () => string): ChannelSettings['file'] {
  if (given.kind === 'file') return { path: given.path, isAuto: false };
  return given.kind === 'auto' ? { path: autoPath(), isAuto: true } : undefined;
}
