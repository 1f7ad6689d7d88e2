import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { lookAt, openFile } from '../../../core/index.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** A log as it was opened. */
export interface Opened {
  readonly fd: number;
  /** `file`: can be measured, rotated, emptied. `stream`: a pipe, terminal or device. `own`: the daemon's stdout or stderr as it is. */
  readonly kind: 'file' | 'stream' | 'own';
  /** Bytes that were there already. */
  readonly size: number;
  /** Wall time of the last write before now, in milliseconds. */
  readonly writtenAt: number;
  /** Identifies the file, to notice that its name now stands for another one. */
  readonly identity: string;
}

const APPEND = O_WRONLY | O_APPEND;

/**
 * Opens a log for appending, making it where it does not exist. A link is followed only where the daemon trusts whoever made it: see
 * `locate` in core/files.
 * @throws the error of the system call; ELOOP with words for a link that is not followed.
 */
export function openLog(path: string, mode: number): Opened {
  const own = ownDescriptor(path);
  if (own !== undefined) return openOwn(own);
  return describe(openFile(path, { flags: flagsFor, mode }));
}

/**
 * A named pipe is opened for reading, too: so it can be opened before its reader comes, and what is written waits for the next one
 * when a reader goes. Nothing waits: a FIFO without a reader or a stopped terminal must not hold the daemon.
 */
function flagsFor(found: Stats | undefined): number {
  return found?.isFIFO() === true ? O_RDWR | O_NONBLOCK : APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY;
}

/** Makes a new log where there is none. @throws EEXIST where there is something, be it a link. */
export function createLog(path: string, mode: number): Opened {
  return describe(openFile(path, { flags: APPEND | O_CREAT | O_EXCL, mode, last: 'keep' }));
}

/** The file that a path leads to; `undefined` where there is none. @throws as {@link openLog}. */
export function identityAt(path: string): string | undefined {
  return identityOf(ownDescriptor(path) === undefined ? lookAt(path) : statSync(path));
}

/**
 * A descriptor for reading a log; whoever asks closes it. `undefined` where there is no file, or one that {@link openLog} would not
 * open: the owner of the log's folder could have anything shown that root may read.
 */
export function openToRead({ path }: { readonly path: string }): number | undefined {
  let fd: number | undefined;
  try {
    const flags = O_RDONLY | O_NONBLOCK | O_NOCTTY; // opening a FIFO must not wait for its writer
    fd = ownDescriptor(path) === undefined ? openFile(path, { flags }) : openSync(path, flags);
    if (fstatSync(fd).isFile()) return fd;
  } catch {
    // As good as not there.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

/** Whether there is anything at a path, readable or not. */
export function isLogThere(path: string): boolean {
  try {
    return ownDescriptor(path) !== undefined || lookAt(path) !== undefined;
  } catch {
    return true;
  }
}

/** The file a path stands for at this moment; `undefined` where there is none. */
export function identityOf(stat: Stats | undefined): string | undefined {
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/** What lives there is no file of ours, even where it leads to one: renaming `/dev/stdout` would break the machine. */
export function isUnderDevices(path: string): boolean {
  return path.startsWith('/dev/') || path.startsWith('/proc/');
}

/** The number of the daemon's own descriptor that a path means: `/dev/stdout`, `/dev/fd/2`, `/proc/self/fd/1`. */
export function ownDescriptor(path: string): 1 | 2 | undefined {
  const [, name, digit] =
    /^\/(?:dev\/(stdout|stderr)|(?:dev|proc\/self|proc\/PID)\/fd\/([12]))$/.exec(
      path.replace(`/proc/${process.pid}/`, '/proc/PID/'),
    ) ?? [];
  if (name === 'stdout' || digit === '1') return 1;
  return name === 'stderr' || digit === '2' ? 2 : undefined;
}

/**
 * The daemon's own stdout or stderr. A pipe or terminal is opened a second time, because only a description of our own may
 * be made non-blocking: a slow reader then slows the programs and not the daemon. Where that is refused (a socket, or
 * somebody else's pipe), and for a file, whose position is shared with other writers, the descriptor is used as it is.
 */
function openOwn(number: 1 | 2): Opened {
  if (!fstatSync(number).isFile()) {
    try {
      return describe(openSync(`/proc/self/fd/${number}`, APPEND | O_NONBLOCK | O_NOCTTY));
    } catch {
      // As it is, then.
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
