import type { ExecFailure, FailureKind } from './spawn/failure.ts';

/** How a start ended: the child exited with a code, was killed by a signal, or never ran. */
export type Exit =
  /** `failure`: there was a child, but it could not become its program. */
  | { readonly kind: 'code'; readonly code: number; readonly failure?: ExecFailure }
  /** `dumpedCore`: the kernel has kept an image of its memory. Known to the spawner of core/posix.ts alone. */
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly dumpedCore?: true }
  | { readonly kind: 'spawnFailed'; readonly reason: string; readonly failure?: FailureKind };

/** What to do after an exit that nobody asked for. */
export type Verdict =
  /** Stay down: EXITED after a run, FATAL after a failed start. */
  | { readonly kind: 'leave'; readonly reason?: string }
  /** Start again after `delayMs`; 0 is at once. */
  | { readonly kind: 'restart'; readonly delayMs: number; readonly reason?: string };

/** How a process is asked to end: the signal, whom it reaches, and how long it may take before SIGKILL. */
export interface StopPlan {
  readonly signal: NodeJS.Signals;
  /** The whole process group, or the process alone. */
  readonly asGroup: boolean;
  readonly waitMs: number;
}

/** In the words of Supervisor's log: `exit status 7`, `terminated by SIGSEGV (core dumped)`. */
export function describeExit(exit: Exit): string {
  if (exit.kind === 'code') return `exit status ${exit.code}`;
  if (exit.kind === 'signal') return `terminated by ${exit.signal}${exit.dumpedCore === true ? ' (core dumped)' : ''}`;
  return exit.reason;
}
