import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { lookAt, openFile } from '../../../../core/index.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** An open log. */
export interface Opened {
  readonly fd: number;
  /**
   * `file`: can be measured, rotated, emptied. `stream`: a pipe, terminal or device. `own`: the daemon's stdout or
   * stderr as it is.
   */
  readonly kind: 'file' | 'stream' | 'own';
  /** The size when it was opened. */
  readonly size: number;
  /** Wall time of the last write before now, in milliseconds. */
  readonly writtenAt: number;
  /** Identifies the file, to detect that another one has its name. */
  readonly identity: string;
}

const APPEND = O_WRONLY | O_APPEND;

/**
 * Opens a log for appending, and creates it if it does not exist. A link is followed only if the daemon trusts its
 * owner: see `locate` in core/files.
 * @throws the error of the system call; ELOOP with an explanation for a link that is not followed.
 */
export function openLog(path: string, mode: number): Opened {
  const own = ownDescriptor(path);
  if (own !== undefined) return openOwn(own);
  return describe(openFile(path, { flags: flagsFor, mode }));
}

/**
 * A named pipe is opened for reading, too: so it can be opened before it has a reader, and keeps its bytes for the next
 * reader. Everything is non-blocking: a FIFO without a reader or a stopped terminal must not block the daemon.
 */
function flagsFor(found: Stats | undefined): number {
  return found?.isFIFO() === true ? O_RDWR | O_NONBLOCK : APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY;
}

/** Creates a log. @throws EEXIST if there is something under the name, even a link. */
export function createLog(path: string, mode: number): Opened {
  return describe(openFile(path, { flags: APPEND | O_CREAT | O_EXCL, mode, last: 'keep' }));
}

/** The identity of the file at a path; `undefined` if there is none. @throws as {@link openLog}. */
export function identityAt(path: string): string | undefined {
  return identityOf(ownDescriptor(path) === undefined ? lookAt(path) : statSync(path));
}

/**
 * A descriptor for reading a log; the caller closes it. `undefined` if there is no file, or one that {@link openLog}
 * would not open: with a link, the owner of the log's folder could read whatever root may read.
 */
export function openToRead({ path }: { readonly path: string }): number | undefined {
  let fd: number | undefined;
  try {
    const flags = O_RDONLY | O_NONBLOCK | O_NOCTTY; // opening a FIFO must not wait for its writer
    fd = ownDescriptor(path) === undefined ? openFile(path, { flags }) : openSync(path, flags);
    if (fstatSync(fd).isFile()) return fd;
  } catch {
    // As if there were no file.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

/** Whether there is anything under a path, readable or not. */
export function isLogThere(path: string): boolean {
  try {
    return ownDescriptor(path) !== undefined || lookAt(path) !== undefined;
  } catch {
    return true;
  }
}

/** Identifies a file by its device and inode. */
export function identityOf(stat: Stats | undefined): string | undefined {
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/** Such a path is never renamed or removed, even if it leads to a file: without `/dev/stdout` the machine is broken. */
export function isUnderDevices(path: string): boolean {
  return path.startsWith('/dev/') || path.startsWith('/proc/');
}

/** The daemon's own descriptor that a path names: `/dev/stdout`, `/dev/fd/2`, `/proc/self/fd/1`. */
export function ownDescriptor(path: string): 1 | 2 | undefined {
  const [, name, digit] =
    /^\/(?:dev\/(stdout|stderr)|(?:dev|proc\/self|proc\/PID)\/fd\/([12]))$/.exec(
      path.replace(`/proc/${process.pid}/`, '/proc/PID/'),
    ) ?? [];
  if (name === 'stdout' || digit === '1') return 1;
  return name === 'stderr' || digit === '2' ? 2 : undefined;
}

/**
 * The daemon's own stdout or stderr. A pipe or terminal is opened a second time, because the daemon may make only its
 * own description non-blocking: a slow reader then slows down the programs and not the daemon. The descriptor is used
 * as it is if that is refused (a socket, or a pipe of another user), and for a file, whose position is shared with
 * other writers.
 */
function openOwn(number: 1 | 2): Opened {
  if (!fstatSync(number).isFile()) {
    try {
      return describe(openSync(`/proc/self/fd/${number}`, APPEND | O_NONBLOCK | O_NOCTTY));
    } catch {
      // Used as it is.
    }
  }
  return { fd: number, kind: 'own', size: 0, writtenAt: 0, identity: `descriptor ${number}` };
}

function describe(fd: number): Opened {
  try {
    const stat = fstatSync(fd);
    const kind = stat.isFile() ? 'file' : 'stream';
    return { fd, kind, size: stat.size, writtenAt: stat.mtimeMs, identity: `${stat.dev}:${stat.ino}` };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
