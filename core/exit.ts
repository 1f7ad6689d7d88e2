import { signalOfNumber } from './signals.ts';
import type { ExecFailure, FailureKind } from './spawn/failure.ts';

/** How a start or run ended: the child exited with a code, was killed by a signal, is gone, or never ran. */
export type Exit =
  /** `failure`: a child existed but could not execute its program. */
  | { readonly kind: 'code'; readonly code: number; readonly failure?: ExecFailure }
  /** `dumpedCore`: the kernel wrote a core dump. Only the spawner of core/posix.ts knows this. */
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly dumpedCore?: true }
  /** The child is gone, and its exit status is not known. Never expected. */
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'spawnFailed'; readonly reason: string; readonly failure?: FailureKind };

/**
 * What a run has used, with all descendants that were waited for, as wait4(2) reports it. Only the spawner of
 * core/posix.ts knows it.
 */
export interface RunUsage {
  /** Processor time in user mode and in the kernel. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /**
   * The largest resident memory of one of the processes. Linux counts what the daemon held when it spawned the child, so
   * for a program that needs less it is the size of the daemon.
   */
  readonly peakMemoryBytes: number;
}

/** What to do after an exit that was not requested. */
export type Verdict =
  /** Leave it down: EXITED after a run, FATAL after a failed start. */
  | { readonly kind: 'leave'; readonly reason?: string }
  /** Start again after `delayMs`; 0 means at once. */
  | { readonly kind: 'restart'; readonly delayMs: number; readonly reason?: string };

/** How to stop a process: the signal, its receivers, and the time before SIGKILL. */
export interface StopPlan {
  readonly signal: NodeJS.Signals;
  /** Send it to the whole process group, not to the process alone. */
  readonly asGroup: boolean;
  readonly waitMs: number;
}

/** How a child ended, as wait(2) reports it. */
export type WaitStatus = { readonly code: number } | { readonly signal: NodeJS.Signals; readonly dumpedCore?: true };

/** WCOREDUMP of bits/waitstatus.h. */
const CORE_DUMPED = 0x80;

/** Of the number that wait(2) stores. */
export function waitStatusOf(status: number): WaitStatus {
  const number = status & 0x7f;
  if (number === 0) return { code: (status >> 8) & 0xff };
  const signal = signalOfNumber(number);
  if (signal === undefined) throw new Error(`signal ${number} has no name`);
  return { signal, ...((status & CORE_DUMPED) !== 0 && { dumpedCore: true }) };
}

export function exitOf(status: WaitStatus): Exit {
  return 'signal' in status ? { kind: 'signal', ...status } : { kind: 'code', ...status };
}

/** Worded as in Supervisor's log: `exit status 7`, `terminated by SIGSEGV (core dumped)`. */
export function describeExit(exit: Exit): string {
  if (exit.kind === 'code') return `exit status ${exit.code}`;
  if (exit.kind === 'signal') return `terminated by ${exit.signal}${exit.dumpedCore === true ? ' (core dumped)' : ''}`;
  return exit.kind === 'unknown' ? `exit status unknown: ${exit.reason}` : exit.reason;
}
