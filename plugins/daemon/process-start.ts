import { readFileSync } from 'node:fs';
import { codeOf } from '../../core/index.ts';

/** A process beyond doubt: numbers of processes come back, a number with its start does not. */
export interface StartedProcess {
  readonly pid: number;
  /** As {@link startOf} gives it; `?` where that could not be told. */
  readonly start: string;
}

/** When a process began, in ticks since the boot; `undefined` where there is none of that number, and without /proc. */
export function startOf(pid: number): string | undefined {
  try {
    // The name, in parentheses, may contain anything; this is the 20th field after it.
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Whether it still runs. Without /proc, or without a start, any process of that number counts. */
export function isRunning({ pid, start }: StartedProcess): boolean {
  const now = startOf(pid);
  if (now !== undefined && start !== '?') return now === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
