import { namespec, STATE_CODES, type Exit, type ProcessView, type RunUsage, type State } from '../../../core/index.ts';
import { stateReason, type Health, type HealthLevel } from '../index.ts';
import type { LastLine, LastRun } from './last-runs.ts';
import type { ShownUsage } from './usage-watch.ts';

/** A process as `/api/v1` shows it: plain data, ready for JSON. Plugins may add fields of their own. */
export interface ProcessStatus {
  readonly group: string;
  readonly name: string;
  /** `group:name`, or the name alone if both are the same: the name that every action takes. */
  readonly namespec: string;
  readonly state: State;
  readonly statecode: number;
  /** Why it is in this state, in words. */
  readonly reason: string;
  /** How urgently it needs attention. */
  readonly health: HealthLevel;
  /** What is wrong besides the state: it flaps, or a plugin reports trouble. `null`: nothing. */
  readonly trouble: string | null;
  /** `null` while there is no child. */
  readonly pid: number | null;
  /** Of the last start and the last end; ISO 8601, in UTC. `null`: never. */
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  /** When it entered this state; ISO 8601, in UTC. `null`: it has never changed its state. */
  readonly since: string | null;
  /** On the monotonic clock; `null` while there is no child. */
  readonly uptimeSeconds: number | null;
  /** The number of its current run, or of the last one; 0: it was never started. */
  readonly run: number;
  /** Automatic restarts since the daemon started. */
  readonly restarts: number;
  /** How the last run ended; `null` if none has, and after a start that failed before a child existed. */
  readonly exit: Exclude<Exit, { readonly kind: 'spawnFailed' }> | null;
  /** What the last run that ended has used; `null` where that is not known. */
  readonly lastUsage: RunUsage | null;
  /**
   * The last line of the last run that ended, of stderr where it wrote any; `null` without one, and without the plugin
   * `journal`.
   */
  readonly lastLine: LastLine | null;
  /** Paths; `null` where there is no log. */
  readonly logs: { readonly stdout: string | null; readonly stderr: string | null };
  readonly autostart: boolean;
  readonly priority: number;
  /** What kind of group it belongs to: `group`, `eventlistener`, `fcgi`, or another plugin's. */
  readonly kind: string;
  /**
   * Usage of the process and its descendants; absent in events, without a child, and without the plugin `resources`.
   */
  readonly usage?: ShownUsage;
  readonly [field: string]: unknown;
}

/** What a status is made from, besides the process itself. */
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
  // Events of an exit still contain the pid of the child that exited.
  const isThere = view.pid !== 0 && !DOWN.has(view.state);
  return {
    group: view.group,
    name: view.name,
    namespec: namespec(view),
    state: view.state,
    statecode: STATE_CODES[view.state],
    reason: stateReason(view),
    health: health.level,
    trouble: health.trouble ?? null,
    pid: isThere ? view.pid : null,
    startedAt: time(view.startedAt),
    stoppedAt: time(view.stoppedAt),
    since: time(since),
    uptimeSeconds: isThere ? Math.max(0, Math.floor((tick - view.startedTick) / 1000)) : null,
    run: view.run,
    restarts,
    exit: exitOf(view, lastRun),
    lastUsage: lastRun?.usage ?? null,
    lastLine: lastRun?.line ?? null,
    logs,
    autostart: view.config.autostart,
    priority: view.config.priority,
    kind,
  };
}

/** The core keeps no exit of a failed start, but it explains why a process is FATAL. */
function exitOf({ state, exit }: ProcessView, lastRun: LastRun | undefined): ProcessStatus['exit'] {
  if (exit !== undefined) return exit.kind === 'spawnFailed' ? null : exit;
  return state === 'BACKOFF' || state === 'FATAL' ? (lastRun?.exit ?? null) : null;
}

function time(wallMs: number): string | null {
  return wallMs === 0 ? null : new Date(wallMs).toISOString();
}
