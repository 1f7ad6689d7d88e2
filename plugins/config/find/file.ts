import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { codeOf, reasonOf } from '../../../core/index.ts';

/** A configuration is written by people. What is larger is a mistake, or is meant to fill the memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Why a file is none that could be a configuration: reading it might never end. */
function unfit(stats: Stats): string | undefined {
  if (stats.isDirectory()) return 'it is a directory';
  if (stats.isFIFO()) return 'it is a FIFO, and reading it could wait for ever';
  if (stats.isSocket()) return 'it is a socket';
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'it is a device';
  return stats.size > MOST_BYTES ? `it is larger than ${MOST_BYTES / 1024 ** 2} MB` : undefined;
}

/** The same of a path, where there may be nothing. */
export async function unfitFile(path: string): Promise<string | undefined> {
  try {
    return unfit(await stat(path));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'no such file' : reasonOf(error);
  }
}

/**
 * The bytes of a file that has an end. Opened without waiting, as a FIFO without a writer would, and judged by what was
 * opened, not by what its name led to a moment before. A descriptor of our own (`-c /dev/stdin`, `-c <(…)`) may be a pipe.
 * @throws Error that says why not; with the `code` of the system where there is one. What `inspect` throws.
 */
export async function readConfigurationFile(path: string, inspect?: (stats: Stats) => void): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | (isOwnDescriptor(path) ? 0 : constants.O_NONBLOCK));
  try {
    const stats = await file.stat();
    // Whoever started this process gave it the pipe; who made the pipe says nothing about what comes out of it.
    const isOwnPipe = isOwnDescriptor(path) && stats.isFIFO();
    const why = isOwnPipe ? undefined : unfit(stats);
    if (why !== undefined) throw new Error(why);
    if (!isOwnPipe) inspect?.(stats);
    const chunks: Buffer[] = [];
    let size = 0;
    // Not to the size that was told: files of /proc tell none, and others grow.
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 })) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES / 1024 ** 2} MB`);
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

function isOwnDescriptor(path: string): boolean {
  return path === '/dev/stdin' || /^\/(?:dev|proc\/self)\/fd\/\d+$/.test(path);
}
