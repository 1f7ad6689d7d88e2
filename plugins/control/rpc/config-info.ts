import {
  numberOfSignal,
  readOptions,
  type GroupConfig,
  type OptionValues,
  type ProcessConfig,
  withoutCredentials,
} from '../../../core/index.ts';
import { programOptions as restartOptions } from '../../policy/autorestart/index.ts';
import { LoggingPlugin } from '../../output/logging/index.ts';
import type { LogPaths } from './process-info.ts';
import type { XmlRpcStruct, XmlRpcValue } from './xmlrpc/index.ts';

/** The option table that `logging` declares for programs. */
const loggingOptions = new LoggingPlugin().sections.program;

/**
 * The `getAllConfigInfo` answer for one process. The keys are those of Supervisor 4.2.5, plus two that later versions
 * have or that are missing there (`autorestart`, `stopasgroup`). It contains no secrets, and no environment.
 */
export function configInfo({
  config,
  group,
  isInUse,
  logs,
}: {
  readonly config: ProcessConfig;
  readonly group: GroupConfig;
  readonly isInUse: boolean;
  /** Where its output goes, if the process is in use: then an AUTO log has a name. */
  readonly logs: LogPaths | undefined;
}): XmlRpcStruct {
  const restart = readOptions(config.options, restartOptions);
  const output = readOptions(config.options, loggingOptions);
  return {
    autostart: config.autostart,
    autorestart: restart.autorestart === 'unexpected' ? 'auto' : restart.autorestart,
    command: config.command,
    directory: orNone(config.directory),
    exitcodes: restart.exitcodes,
    group: group.name,
    group_prio: group.priority,
    inuse: isInUse,
    killasgroup: config.killasgroup,
    name: config.name,
    process_prio: config.priority,
    redirect_stderr: output.redirect_stderr,
    serverurl: orNone(config.serverurl && withoutCredentials(config.serverurl)),
    startretries: restart.startretries,
    startsecs: config.startsecs,
    stderr_capture_maxbytes: output.stderr_capture_maxbytes,
    stderr_events_enabled: output.stderr_events_enabled,
    stderr_logfile: logName(output.stderr_logfile, logs?.stderr),
    stderr_logfile_backups: output.stderr_logfile_backups,
    stderr_logfile_maxbytes: output.stderr_logfile_maxbytes,
    stderr_syslog: output.stderr_syslog,
    stdout_capture_maxbytes: output.stdout_capture_maxbytes,
    stdout_events_enabled: output.stdout_events_enabled,
    stdout_logfile: logName(output.stdout_logfile, logs?.stdout),
    stdout_logfile_backups: output.stdout_logfile_backups,
    stdout_logfile_maxbytes: output.stdout_logfile_maxbytes,
    stdout_syslog: output.stdout_syslog,
    stopasgroup: config.stopasgroup,
    stopsignal: numberOfSignal(config.stopsignal),
    stopwaitsecs: config.stopwaitsecs,
    uid: orNone(config.user?.uid),
  };
}

/** XML-RPC has no null value. */
function orNone(value: XmlRpcValue | undefined): XmlRpcValue {
  return value ?? 'none';
}

function logName(configured: OptionValues<typeof loggingOptions>['stdout_logfile'], inUse: string | undefined): string {
  if (configured.kind === 'file') return configured.path;
  if (configured.kind === 'auto') return inUse || 'auto';
  return 'none';
}
