import { readFileSync } from 'node:fs';
import { codeOf } from '../../../core/index.ts';

/** The unique identity of a process: pids are reused, but not with the same start time. */
export interface StartedProcess {
  readonly pid: number;
  /** From {@link startOf}; `?` if unknown. */
  readonly start: string;
}

/**
 * The start time of a process, in ticks since the boot; `undefined` if no process has that pid, and without /proc. A
 * zombie counts as gone: if process 1 does not reap, it stays for ever.
 */
export function startOf(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

/** The state and the fields after it. The name before it, in parentheses, may contain anything. */
export function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

/** Whether it still runs. Without /proc, or without a start time, any process with that pid counts. */
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
