import { closeSync, constants, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { reasonOf } from '../../core/index.ts';

/**
 * Writes the pid, a newline behind it, in place of what an earlier daemon left. Returns why it could not; the daemon runs
 * on then, as Supervisor does. A symbolic link in a directory that others may write to is not followed: root would
 * overwrite whatever it points to.
 */
export function writePidfile(file: string, pid: number): string | undefined {
  try {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
    const fd = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644);
    try {
      writeSync(fd, `${pid}\n`);
    } finally {
      closeSync(fd);
    }
    return undefined;
  } catch (error) {
    return `could not write pidfile ${file}: ${reasonOf(error)}`;
  }
}

/** Removes the pidfile if it is still ours. */
export function removePidfile(file: string, pid: number): void {
  try {
    if (readFileSync(file, 'utf8').trim() === String(pid)) unlinkSync(file);
  } catch {
    // Gone already, or never written: nothing is left to remove.
  }
}
