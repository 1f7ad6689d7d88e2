import type { Cause, State } from '../../core/index.ts';

/** Something that happened, as the journal keeps it. Times are ISO 8601 in UTC; what is not known is absent. */
export type JournalRecord = Of<ProcessRecord> | DaemonRecord | SearchLimit;

/** What happened to one process. */
export type ProcessRecord = Started | NotStarted | Ended | Lost | Removed;

/** Somebody's record, with whose it is. */
export type Of<What> = What & { readonly group: string; readonly name: string };

/** A child was spawned. */
export interface Started extends Dated {
  readonly kind: 'started';
  readonly pid: number;
  readonly by: Cause;
  /** Failed starts in a row before this one. */
  readonly tries: number;
}

/** A start failed before there was a child. */
export interface NotStarted extends Dated {
  readonly kind: 'notStarted';
  readonly reason: string;
  /** What kind of failure; absent where a plugin refused the start. */
  readonly failure?: string;
  readonly by: Cause;
  readonly tries: number;
  readonly decision: Decision;
}

/** A child is gone. */
export interface Ended extends Dated {
  readonly kind: 'ended';
  readonly pid: number;
  readonly exit: { readonly code: number } | { readonly signal: string };
  /** There was a child, but it could not become its program. `kind`: one of the core's FAILURE_KINDS. */
  readonly failure?: { readonly kind: string; readonly text: string };
  /** Somebody had it stopped; then `by` says who. */
  readonly asked: boolean;
  readonly expected: boolean;
  readonly by: Cause;
  /** Since it was spawned. */
  readonly ranSeconds: number;
  /** It ended before it counted as started: within `startsecs`. */
  readonly tooQuickly: boolean;
  readonly state: State;
  readonly tries: number;
  /** What we sent it, oldest first; of many, the last ones. */
  readonly signals: readonly SentSignal[];
  readonly core?: CoreDump;
  readonly outOfMemory?: OutOfMemory;
  readonly usage?: LastUsage;
  readonly output: readonly LastOutput[];
  readonly decision: Decision;
}

/** Its signals fail for a reason that we cannot explain, so it is out of control (UNKNOWN). */
export interface Lost extends Dated {
  readonly kind: 'lost';
  readonly reason: string;
}

/** A reload took the process out of use. */
export interface Removed extends Dated {
  readonly kind: 'removed';
}

/** What happened to all of them. */
export type DaemonRecord = Dated &
  (
    | { readonly kind: 'daemonStarted'; readonly pid: number }
    | { readonly kind: 'daemonStopping'; readonly pid: number }
    | { readonly kind: 'daemonStopped'; readonly pid: number }
    /** A changed configuration was put into use. Processes as `group:name`. */
    | {
        readonly kind: 'reloaded';
        readonly by: Cause;
        readonly added: readonly string[];
        readonly removed: readonly string[];
        readonly restarted: readonly string[];
        readonly changed: readonly string[];
        readonly failed: readonly string[];
      }
  );

/** In answers only, as the oldest: records before `at` exist, and were not searched. */
export interface SearchLimit extends Dated {
  readonly kind: 'searchLimit';
}

interface Dated {
  readonly at: string;
}

/** What the restart policy made of an end. */
export type Decision =
  | { readonly kind: 'leave'; readonly reason?: string }
  | { readonly kind: 'restart'; readonly delaySeconds: number; readonly reason?: string };

export interface SentSignal {
  readonly at: string;
  readonly signal: string;
  readonly asGroup: boolean;
  /** `overdue`: SIGKILL after `stopwaitsecs`. `request`: a client sent it, not to end the process. */
  readonly why: 'request' | 'stop' | 'overdue' | 'unready';
}

/** What became of the memory image of a program that crashed. */
export type CoreDump =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: number }
  /** The kernel hands it to this program (systemd-coredump, apport), which does with it what it likes. */
  | { readonly kind: 'handler'; readonly command: string }
  | { readonly kind: 'notFound'; readonly reason: string };

/** Kills for lack of memory that the kernel has counted since we looked last. */
export interface OutOfMemory {
  readonly kills: number;
  readonly since: string;
  /** The counter: `memory.events` of the cgroup of the process, or `/proc/vmstat` of the whole machine. */
  readonly counter: string;
}

/** What the process and its descendants used when somebody last looked; nobody can look after the end. */
export interface LastUsage {
  readonly at: string;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly processes: number;
}

/** The last lines of a stream, of this run. */
export interface LastOutput {
  readonly channel: 'stdout' | 'stderr';
  readonly lines: readonly string[];
  /** The log that has the rest. */
  readonly file?: string;
}
