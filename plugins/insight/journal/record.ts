import type { Cause, RunUsage, State } from '../../../core/index.ts';

/** Something that happened, as the journal keeps it. Times are ISO 8601 in UTC; what is not known is absent. */
export type JournalRecord = Of<ProcessRecord> | DaemonRecord | SearchLimit;

/** What happened to one process. */
export type ProcessRecord = Started | Resumed | NotStarted | Ended | Lost | Removed;

/** A record, with the process that it is about. */
export type Of<What> = What & { readonly group: string; readonly name: string };

/** A child was spawned. */
export interface Started extends Dated {
  readonly kind: 'started';
  /** The core counts the runs of a process, from 1 when the daemon starts. */
  readonly run: number;
  readonly pid: number;
  readonly by: Cause;
  /** Failed starts in a row before this one. */
  readonly tries: number;
}

/** The child of a daemon that was killed was taken over. */
export interface Resumed extends Dated {
  readonly kind: 'resumed';
  readonly run: number;
  readonly pid: number;
}

/** A start failed before there was a child. */
export interface NotStarted extends Dated {
  readonly kind: 'notStarted';
  readonly run: number;
  readonly reason: string;
  /** The kind of failure; absent if a plugin refused the start. */
  readonly failure?: string;
  readonly by: Cause;
  readonly tries: number;
  readonly decision: Decision;
}

/** A child is gone. */
export interface Ended extends Dated {
  readonly kind: 'ended';
  readonly run: number;
  readonly pid: number;
  readonly exit: { readonly code: number } | { readonly signal: string } | { readonly unknown: string };
  /** A child existed but could not execute its program. `kind`: one of the core's FAILURE_KINDS. */
  readonly failure?: { readonly kind: string; readonly text: string };
  /** It was stopped on request, by `by`. */
  readonly asked: boolean;
  readonly expected: boolean;
  readonly by: Cause;
  /** Since it was spawned. */
  readonly ranSeconds: number;
  /** It exited within `startsecs`, before it counted as started. */
  readonly tooQuickly: boolean;
  readonly state: State;
  readonly tries: number;
  /** The signals that the daemon sent, oldest first; at most the last ten. */
  readonly signals: readonly SentSignal[];
  readonly core?: CoreDump;
  readonly outOfMemory?: OutOfMemory;
  /** What the whole run has used; absent without the system calls. */
  readonly used?: RunUsage;
  /** The last sample while it ran. */
  readonly usage?: LastUsage;
  readonly output: readonly LastOutput[];
  readonly decision: Decision;
}

/** The child cannot be signalled for an unknown reason (UNKNOWN). */
export interface Lost extends Dated {
  readonly kind: 'lost';
  readonly reason: string;
}

/** A reload took the process out of use. */
export interface Removed extends Dated {
  readonly kind: 'removed';
}

/** What happened to the daemon, and so to all processes. */
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

/** Only in answers, as the last record: older records exist before `at` but were not searched. */
export interface SearchLimit extends Dated {
  readonly kind: 'searchLimit';
}

interface Dated {
  readonly at: string;
}

/** What the restart policy decided after an exit. */
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

/** The core dump of a program that crashed. */
export type CoreDump =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: number }
  /** The kernel passes it to this program (systemd-coredump, apport), which stores it or not. */
  | { readonly kind: 'handler'; readonly command: string }
  | { readonly kind: 'notFound'; readonly reason: string };

/** Kills for lack of memory that the kernel counted since the last check. */
export interface OutOfMemory {
  readonly kills: number;
  readonly since: string;
  /** The counter: `memory.events` of the cgroup of the process, or `/proc/vmstat` of the whole machine. */
  readonly counter: string;
}

/** The resource usage of the process and its descendants at the last sample. */
export interface LastUsage {
  readonly at: string;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly processes: number;
}

/** The last lines that this run wrote to a stream. */
export interface LastOutput {
  readonly channel: 'stdout' | 'stderr';
  readonly lines: readonly string[];
  /** The log file with the rest of the output. */
  readonly file?: string;
}
