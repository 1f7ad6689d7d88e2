import { closeSync, constants, fstatSync, ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { codeOf, isSameFile, locate, openFile, reasonOf } from '../../../core/index.ts';

/**
 * Writes the pid and a newline, replacing an earlier daemon's. Returns the reason on failure; the daemon continues, as
 * Supervisor does. Links are not followed, and anything but a regular file is left alone: root would overwrite the
 * target of a link, and a FIFO would block.
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
    // Already removed, or never written.
  }
}

/** ENXIO: a FIFO without a reader, or a socket, was opened for writing without waiting. */
function inWords(error: unknown): string {
  return codeOf(error) === 'ENXIO' ? 'it is a FIFO or a socket, not a regular file' : reasonOf(error);
}
