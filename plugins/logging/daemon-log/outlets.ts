import type { Outlet } from './activity-log.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import { briefly } from '../errno.ts';
import { limitsOf } from '../file/limits.ts';
import { loggingError } from '../errors.ts';
import type { LogTarget } from '../file/log-target.ts';
import type { Syslog } from '../capture/syslog-sink.ts';
import type { Targets } from '../file/targets.ts';

const STDOUT = '/dev/stdout';
const NEVER_ROTATED = { maxBytes: 0, backups: 0 } as const;

/**
 * Opens what the activity log is written to: in the foreground the daemon's stdout, unless silent, and `logfile`, which may
 * also be `syslog` or `NONE`. `file` is the log that can be read back.
 * @throws TSV_LOG_OPEN.
 */
export function openOutlets(
  settings: DaemonSettings,
  targets: Targets,
  syslog: Syslog,
): { readonly outlets: readonly Outlet[]; readonly file: LogTarget | undefined } {
  const { logfile, foreground, silent } = settings;
  const outlets: Outlet[] = [];
  const stdout = foreground && !silent ? targets.acquire(STDOUT) : undefined;
  if (stdout !== undefined) outlets.push({ kind: 'log', target: stdout, limits: NEVER_ROTATED });
  if (logfile === 'syslog') outlets.push({ kind: 'syslog', syslog });
  if (logfile === 'syslog' || logfile.toUpperCase() === 'NONE') return { outlets, file: undefined };

  const file = targets.acquire(logfile);
  try {
    file.prepare();
  } catch (error) {
    targets.release(file);
    throw loggingError('TSV_LOG_OPEN', [logfile, briefly(error), process.getuid?.() ?? 0], error);
  }
  // `logfile=/dev/stdout` in the foreground: each line once. (Supervisor writes it twice.)
  if (file === stdout) targets.release(file);
  else outlets.push({ kind: 'log', target: file, limits: limitsOf('logfile', settings) });
  return { outlets, file };
}
