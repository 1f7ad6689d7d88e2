import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { hasDescriptorPaths, O_PATH } from './folder.ts';

/**
 * The first bytes of a regular file; links are followed. `undefined` if it cannot be read, and for anything else:
 * opening a device has effects, a terminal would become the daemon's, and a FIFO blocks. The owner of the path may
 * replace the file at any moment, so the file that was checked is the one that is read.
 */
export function headOf(path: string | Buffer, length: number): Buffer | undefined {
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;
  const opened: number[] = [];
  const open = (name: string | Buffer, flags: number): number => {
    const fd = openSync(name, flags);
    opened.push(fd);
    return fd;
  };
  try {
    const found = open(path, hasDescriptorPaths() ? O_PATH : O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!fstatSync(found).isFile()) return undefined;
    const fd = hasDescriptorPaths() ? open(`/proc/self/fd/${found}`, O_RDONLY | O_NONBLOCK | O_NOCTTY) : found;
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, 0));
  } catch {
    return undefined;
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
