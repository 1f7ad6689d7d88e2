import type { Clock } from '../../../../core/index.ts';
import type { Sink } from '../sink.ts';
import type { Syslog } from '../capture/syslog-sink.ts';
import { briefly } from '../errno.ts';
import { loggingError } from '../errors.ts';
import { limitsOf, type Limits } from '../file/limits.ts';
import type { LogTarget } from '../file/log-target.ts';
import type { Targets } from '../file/targets.ts';
import type { DaemonSettings } from './daemon-settings.ts';
import { formatLine } from './line.ts';

const STDOUT = '/dev/stdout';
const NEVER_ROTATED = { maxBytes: 0, backups: 0 } as const;
/** How many bytes may wait for a full disk or a stopped terminal. Beyond it, lines are dropped and counted. */
const MOST_WAITING_BYTES = 1_048_576;

export interface SinkContext {
  readonly targets: Targets;
  readonly syslog: Syslog;
  readonly clock: Clock;
}

/**
 * Opens the sinks of the activity log: in the foreground the daemon's stdout, unless `silent` is set, and `logfile`,
 * which may also be `syslog` or `NONE`. `file` is the log that can be read.
 * @throws TSV_LOG_OPEN.
 */
export function openSinks(
  settings: DaemonSettings,
  { targets, syslog, clock }: SinkContext,
): { readonly sinks: readonly Sink[]; readonly file: LogTarget | undefined } {
  const { logfile, foreground, silent } = settings;
  const sinkTo = (target: LogTarget, limits: Limits): Sink =>
    lineSink(target, { limits, clock, close: () => targets.release(target) });

  const sinks: Sink[] = [];
  const stdout = foreground && !silent ? targets.acquire(STDOUT) : undefined;
  if (stdout !== undefined) sinks.push(sinkTo(stdout, NEVER_ROTATED));
  if (logfile === 'syslog') sinks.push(syslogSink(syslog));
  if (logfile === 'syslog' || logfile.toUpperCase() === 'NONE') return { sinks, file: undefined };

  const file = targets.acquire(logfile);
  try {
    file.prepare();
  } catch (error) {
    targets.release(file);
    throw loggingError('TSV_LOG_OPEN', [logfile, briefly(error), process.getuid?.() ?? 0], error);
  }
  // `logfile=/dev/stdout` in the foreground: one sink. (Supervisor writes each line twice.)
  if (file === stdout) targets.release(file);
  else sinks.push(sinkTo(file, limitsOf('logfile', settings)));
  return { sinks, file };
}

/** Writes lines to a log and never waits for it: the daemon must not be blocked by its own log. */
export function lineSink(
  target: Pick<LogTarget, 'waiting' | 'write'>,
  { limits, clock, close }: { readonly limits: Limits; readonly clock: Clock; readonly close: () => void },
): Sink {
  let dropped = 0;
  const write = (bytes: Uint8Array): void => void target.write(bytes, limits, () => undefined);
  return {
    write(line) {
      if (target.waiting + line.length > MOST_WAITING_BYTES) {
        dropped += 1;
        return true;
      }
      if (dropped > 0 && target.waiting === 0) {
        const lost = `${dropped} lines are missing here: the log could not be written`;
        dropped = 0;
        write(Buffer.from(formatLine(clock.wall(), 'WARN', lost)));
      }
      write(line);
      return true;
    },
    close,
  };
}

function syslogSink(syslog: Syslog): Sink {
  return {
    write(line) {
      syslog(Buffer.from(line).toString().trimEnd());
      return true;
    },
  };
}
