import { localTime, monthName, STATE_CODES, type ProcessView } from '../../../core/index.ts';
import type { XmlRpcStruct } from './xmlrpc/index.ts';

/** The moment at which a process is described. */
export interface Moment {
  /** Wall time in milliseconds. */
  readonly wall: number;
  /** The monotonic clock. */
  readonly tick: number;
}

/** The paths of the logs; '' for none. */
export interface LogPaths {
  readonly stdout: string;
  readonly stderr: string;
}

/** The answer of `getProcessInfo`. Supervisor: rpcinterface.py getProcessInfo. */
export function processInfo(
  view: ProcessView,
  logs: LogPaths,
  moment: Moment,
  description = describe(view, moment),
): XmlRpcStruct {
  return {
    name: view.name,
    group: view.group,
    start: seconds(view.startedAt),
    stop: seconds(view.stoppedAt),
    now: seconds(moment.wall),
    state: STATE_CODES[view.state],
    statename: view.state,
    spawnerr: view.spawnerr,
    exitstatus: exitStatus(view),
    logfile: logs.stdout, // its name before stderr had its own log
    stdout_logfile: logs.stdout,
    stderr_logfile: logs.stderr,
    pid: view.pid,
    description,
  };
}

/** One line about a process, as `supervisorctl status` shows it. */
export function describe(view: ProcessView, { tick }: Moment): string {
  switch (view.state) {
    case 'RUNNING':
      // On the monotonic clock: an uptime does not jump when the wall clock is set.
      return `pid ${view.pid}, uptime ${duration(tick - view.startedTick)}`;
    case 'BACKOFF':
    case 'FATAL':
      return view.spawnerr || `unknown error (try "tail ${view.name}")`;
    case 'STOPPED':
    case 'EXITED':
      return view.startedAt === 0 ? 'Not started' : shortTime(view.stoppedAt);
    default:
      return '';
  }
}

/** `0:00:05`, `1 day, 2:03:04`, `12 days, 0:00:00`: Python's way to print a time span. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(total / 86_400);
  const clock = [Math.floor(total / 3600) % 24, twoDigits(Math.floor(total / 60) % 60), twoDigits(total % 60)].join(
    ':',
  );
  if (days === 0) return clock;
  return `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

/** `Nov 22 04:10 PM`, in the daemon's time zone and in English whatever the locale. */
export function shortTime(wallMs: number): string {
  const local = localTime(wallMs);
  const { day, hour, minute } = local;
  const time = `${twoDigits(hour % 12 || 12)}:${twoDigits(minute)} ${hour < 12 ? 'AM' : 'PM'}`;
  return `${monthName(local)} ${twoDigits(day)} ${time}`;
}

/** XML-RPC has no field for signals: a process that was killed by one has -1, and one that has not exited has 0. */
function exitStatus({ exit }: ProcessView): number {
  if (exit === undefined || exit.kind === 'spawnFailed') return 0;
  return exit.kind === 'code' ? exit.code : -1;
}

/** `<int>` has 32 bits; after 2038 it stays at its maximum, as in Supervisor. */
function seconds(wallMs: number): number {
  return Math.min(Math.floor(wallMs / 1000), 2 ** 31 - 1);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
