import type { Exit, RunUsage } from '../exit.ts';

/** `usage`: where it is known. */
export type ExitCallback = (exit: Exit, usage?: RunUsage) => void;

/** A running child of the daemon. */
export interface Child {
  readonly pid: number;
  /** Calls back once, when the child has exited; at once if it already has. */
  onExit(callback: ExitCallback): void;
  /**
   * Sends a signal to the child, or to its process group. `gone`: no process is left to signal; the exit is about to be
   * reported. Throws other errors of the kernel (EPERM).
   */
  signal(signal: NodeJS.Signals, asGroup: boolean): 'sent' | 'gone';
}
