import { closeSync, constants, fstatSync, ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { codeOf, isSameFile, locate, openFile, reasonOf } from '../../core/index.ts';

/**
 * Writes the pid, a newline behind it, in place of what an earlier daemon left. Returns why it could not; the daemon runs
 * on then, as Supervisor does. A link is not followed, and what is no file is left alone: root would overwrite whatever it leads to, and
 * a FIFO would wait for its reader.
 */
export function writePidfile(file: string, pid: number): string | undefined {
  const { O_WRONLY, O_CREAT } = constants;
  try {
    const fd = openFile(file, { flags: O_WRONLY | O_CREAT, mode: 0o644, last: 'keep' });
    try {
      if (!fstatSync(fd).isFile()) throw new Error('it is not a regular file');
      ftruncateSync(fd);
      writeSync(fd, `${pid}\n`);
    } finally {
      closeSync(fd);
    }
    return undefined;
  } catch (error) {
    return `could not write pidfile ${file}: ${inWords(error)}`;
  }
}

/** Removes the pidfile if it is still ours. */
export function removePidfile(file: string, pid: number): void {
  try {
    using place = locate(file, { last: 'keep' });
    const { folder, name } = place;
    const fd = folder.open(name, { flags: constants.O_RDONLY });
    try {
      const stats = fstatSync(fd);
      const isOurs = stats.isFile() && stats.size < 32 && readFileSync(fd, 'utf8').trim() === String(pid);
      if (isOurs && isSameFile(folder.look(name), stats)) folder.remove(name);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Gone already, or never written: nothing is left to remove.
  }
}

/** A FIFO without a reader refuses to be opened for writing without waiting. */
function inWords(error: unknown): string {
  return codeOf(error) === 'ENXIO' ? 'it is a FIFO or a socket, not a regular file' : reasonOf(error);
}
