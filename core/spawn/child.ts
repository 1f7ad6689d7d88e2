import type { Exit } from '../exit.ts';

/** A running child of the daemon. */
export interface Child {
  readonly pid: number;
  /** Calls back once, when the child is gone. At once if it already is. */
  onExit(callback: (exit: Exit) => void): void;
  /**
   * Sends a signal to the child, or to its whole process group. `gone`: there is nobody left to signal, its exit is
   * about to be reported. Throws what the kernel says otherwise (EPERM).
   */
  signal(signal: NodeJS.Signals, asGroup: boolean): 'sent' | 'gone';
}
