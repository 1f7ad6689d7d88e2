import {
  describeCause,
  describeExit,
  namespec,
  STATE_CODES,
  type Cause,
  type Exit,
  type ProcessView,
  type State,
} from '../../core/index.ts';

import type { Health, HealthLevel } from './health.ts';
import type { LastLine, LastRun } from './last-runs.ts';
import type { ShownUsage } from './usage.ts';

/** A process as `/api/v1` shows it: plain data, ready for JSON. Plugins may add fields of their own. */
export interface ProcessStatus {
  readonly group: string;
  readonly name: string;
  /** `group:name`, or the name alone where both are the same: what every action is told. */
  readonly namespec: string;
  readonly state: State;
  readonly statecode: number;
  /** Why it is in this state, in words. */
  readonly reason: string;
  /** How much it needs somebody's attention. */
  readonly health: HealthLevel;
  /** What is wrong beside what the state says, in words: it flaps, or a plugin reports trouble. `null`: nothing. */
  readonly trouble: string | null;
  /** `null` while there is no child. */
  readonly pid: number | null;
  /** Of the last start and the last end; ISO 8601, in UTC. `null`: never. */
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  /** When it came to this state; ISO 8601, in UTC. `null`: it was never in another one. */
  readonly since: string | null;
  /** By the monotonic clock; `null` while there is no child. */
  readonly uptimeSeconds: number | null;
  /** How often it was started again without anybody asking, since the daemon came up. */
  readonly restarts: number;
  /** How the last run ended; `null` where none has, and after a start that failed before there was a child. */
  readonly exit: Exclude<Exit, { readonly kind: 'spawnFailed' }> | null;
  /** The last line of the last run that ended, of stderr where it wrote any; `null` without one, and without the plugin `journal`. */
  readonly lastLine: LastLine | null;
  /** Paths; `null` where there is no log. */
  readonly logs: { readonly stdout: string | null; readonly stderr: string | null };
  readonly autostart: boolean;
  readonly priority: number;
  /** What kind of group it belongs to: `group`, `eventlistener`, `fcgi`, or another plugin's. */
  readonly kind: string;
  /** Of the process and everything it started; absent in events, without a child, and without the plugin `resources`. */
  readonly usage?: ShownUsage;
  readonly [field: string]: unknown;
}

/** What a status is made of besides the process itself. */
export interface StatusContext {
  readonly restarts: number;
  readonly health: Health;
  /** Wall time in milliseconds of the last change of the state; 0 for none. */
  readonly since: number;
  /** `undefined`: none has ended. */
  readonly lastRun: LastRun | undefined;
  readonly logs: ProcessStatus['logs'];
  readonly kind: string;
  /** The monotonic clock. */
  readonly tick: number;
}

/** States without a child. */
const DOWN: ReadonlySet<State> = new Set<State>(['STOPPED', 'BACKOFF', 'EXITED', 'FATAL']);

/** The status of a process at a moment. */
export function processStatus(
  view: ProcessView,
  { restarts, health, since, lastRun, logs, kind, tick }: StatusContext,
): ProcessStatus {
  // The events of an end still tell the pid of the child that is gone.
  const isThere = view.pid !== 0 && !DOWN.has(view.state);
  return {
    group: view.group,
    name: view.name,
    namespec: namespec(view),
    state: view.state,
    statecode: STATE_CODES[view.state],
    reason: reasonFor(view),
    health: health.level,
    trouble: health.trouble ?? null,
    pid: isThere ? view.pid : null,
    startedAt: time(view.startedAt),
    stoppedAt: time(view.stoppedAt),
    since: time(since),
    uptimeSeconds: isThere ? Math.max(0, Math.floor((tick - view.startedTick) / 1000)) : null,
    restarts,
    exit: exitOf(view, lastRun),
    lastLine: lastRun?.line ?? null,
    logs,
    autostart: view.config.autostart,
    priority: view.config.priority,
    kind,
  };
}

/** The core keeps no exit of a start that failed; who asks why a process is FATAL wants it. */
function exitOf({ state, exit }: ProcessView, lastRun: LastRun | undefined): ProcessStatus['exit'] {
  if (exit !== undefined) return exit.kind === 'spawnFailed' ? null : exit;
  return state === 'BACKOFF' || state === 'FATAL' ? (lastRun?.exit ?? null) : null;
}

/** Why a process is in its state, as one sentence without its full stop. */
export function reasonFor(view: ProcessView): string {
  const { state, cause, tries, exit, spawnerr } = view;
  switch (state) {
    case 'STARTING':
      if (tries > 0) return `try ${tries + 1}, after ${times(tries, 'failed start')}`;
      return `has to stay up for ${view.config.startsecs} s; ${startWords(cause)}`;
    case 'RUNNING':
      return startWords(cause);
    case 'BACKOFF':
      return `${lastEnd(view)}; ${times(tries, 'failed start')}, will be tried again`;
    case 'FATAL':
      return `${lastEnd(view)}; gave up after ${times(tries, 'failed start')}`;
    case 'EXITED':
      return [exit && describeExit(exit), spawnerr === '' ? undefined : 'not expected'].filter(Boolean).join(', ');
    case 'STOPPING':
      return `is asked to stop (${describeCause(cause)})`;
    case 'STOPPED':
      return view.startedAt === 0 ? 'not started' : `stopped (${describeCause(cause)})`;
    case 'UNKNOWN':
      return spawnerr;
  }
}

function startWords(cause: Cause): string {
  if (cause.by === 'boot') return 'started with the daemon';
  if (cause.by === 'child') return cause.detail === undefined ? 'started again' : `started again after ${cause.detail}`;
  return `started (${describeCause(cause)})`;
}

/** `exit status 3, too quickly`: Supervisor's words for it do not say how the child ended. */
function lastEnd({ spawnerr, exit, cause }: ProcessView): string {
  if (spawnerr.startsWith('Exited too quickly') && cause.by === 'child' && cause.detail !== undefined)
    return `${cause.detail}, too quickly`;
  return spawnerr || (exit === undefined ? 'unknown error' : describeExit(exit));
}

function times(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function time(wallMs: number): string | null {
  return wallMs === 0 ? null : new Date(wallMs).toISOString();
}
