import { readFileSync } from 'node:fs';
import { codeOf } from '../../core/index.ts';

/** A process beyond doubt: numbers of processes come back, a number with its start does not. */
export interface StartedProcess {
  readonly pid: number;
  /** As {@link startOf} gives it; `?` where that could not be told. */
  readonly start: string;
}

/**
 * When a process began, in ticks since the boot; `undefined` where none of that number runs, and without /proc. One that has ended and was not
 * reaped yet runs no more: where process 1 reaps nobody, it stays for ever.
 */
export function startOf(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

/** The state and what follows it. The name before it, in parentheses, may contain anything. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

/** Whether it still runs. Without /proc, or without a start, any process of that number counts. */
export function isAlive({ pid, start }: StartedProcess): boolean {
  const fields = statOf(pid);
  if (fields?.[0] === 'Z') return false;
  if (fields !== undefined && start !== '?') return fields[19] === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
