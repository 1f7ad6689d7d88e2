import { closeSync, readFileSync } from 'node:fs';
import { codeOf } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';

/** The unique identity of a process: pids are reused, but not with the same start time. */
export interface StartedProcess {
  readonly pid: number;
  /** From {@link startOf}; `?` if unknown. */
  readonly start: string;
}

/** What /proc/PID/stat says: proc(5). */
interface ProcessStat {
  /** `Z` for a zombie. */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** In ticks since the boot. */
  readonly start: string;
  /** As wait(2) gives it; 0, too, for those who may not trace the process. */
  readonly exitStatus: number;
}

/**
 * `undefined` if no process has that pid, and without /proc.
 * @throws every other error: for want of a descriptor nobody is taken for dead.
 */
export function statOf(pid: number): ProcessStat | undefined {
  try {
    // The name before the state, in parentheses, may contain anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [state = '', parent] = fields;
    const [session, start = '', exitStatus] = [fields[3], fields[19], fields[49]];
    return { state, parent: Number(parent), session: Number(session), start, exitStatus: Number(exitStatus) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined;
    throw error;
  }
}

/** The same, and `undefined` for every error. */
export function statIfReadable(pid: number): ProcessStat | undefined {
  try {
    return statOf(pid);
  } catch {
    return undefined;
  }
}

/**
 * The start time of a process, in ticks since the boot; `undefined` if no process has that pid, and without /proc. A
 * zombie counts as gone: if process 1 does not reap, it stays for ever.
 */
export function startOf(pid: number): string | undefined {
  const stat = statIfReadable(pid);
  return stat?.state === 'Z' ? undefined : stat?.start;
}

/** Whether it still runs. Without /proc, or without a start time, any process with that pid counts. */
export function isAlive({ pid, start }: StartedProcess): boolean {
  const stat = statIfReadable(pid);
  if (stat?.state === 'Z') return false;
  if (stat !== undefined && start !== '?') return stat.start === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A pidfd of exactly this process; `undefined` if it is gone. A zombie is there: its status is still to come. */
export function pidfdOf(posix: Posix, { pid, start }: StartedProcess): number | undefined {
  if (statOf(pid)?.start !== start) return undefined;
  try {
    const pidfd = posix.openPidfd(pid);
    // Checked again: the pid may have been given to another process before the open.
    if (statOf(pid)?.start === start) return pidfd;
    closeSync(pidfd);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
  return undefined;
}
