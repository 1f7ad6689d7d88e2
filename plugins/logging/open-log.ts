import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, sep } from 'node:path';

const { O_APPEND, O_CREAT, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

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

/** Appending, and never waiting: a FIFO without a reader or a stopped terminal must not hold the daemon. */
const APPEND = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY;

/**
 * Opens a log for appending, making it where it does not exist. A symbolic link is followed: the configuration names it.
 * @throws the error of the system call.
 */
export function openLog(path: string, mode: number): Opened {
  const own = ownDescriptor(path);
  if (own !== undefined) return openOwn(own);
  return describe(openSync(path, flagsFor(path) | O_CREAT, mode));
}

/**
 * A named pipe is opened for reading, too: so it can be opened before its reader comes, and what is written waits for the next one
 * when a reader goes.
 */
function flagsFor(path: string): number {
  const isPipe = statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  return isPipe ? O_RDWR | O_NONBLOCK : APPEND;
}

/** Makes a new log where there is none. @throws EEXIST where there is something. */
export function createLog(path: string, mode: number): Opened {
  return describe(openSync(path, APPEND | O_CREAT | O_EXCL, mode));
}

/**
 * Opens a log once more under its name. Whoever may write into the log's folder may have put a symbolic link there
 * meanwhile: one is followed only within that folder, or to the file that it led to at first (`trusted`).
 */
export function openLogAgain(path: string, mode: number, trusted: string | undefined): Opened {
  if (ownDescriptor(path) !== undefined || !isLink(path)) return openNoFollow(path, mode);
  const real = realpathSync(path);
  const folder = realpathSync(dirname(path));
  if (real !== trusted && !real.startsWith(folder + sep)) {
    throw Object.assign(new Error(`ELOOP: ${path} became a symbolic link out of its folder, to ${real}`), {
      code: 'ELOOP',
    });
  }
  return openNoFollow(real, mode);
}

/** A log as those who read it know it. */
export interface LogPlace {
  readonly path: string;
  /** The file that the path led to when the log was opened; `undefined` as long as it was not. */
  readonly trusted: string | undefined;
}

/**
 * A descriptor for reading a log; whoever asks closes it. `undefined` where there is no file, or one that
 * {@link openLogAgain} would not follow either: the owner of the log's folder could have anything shown that root may read.
 */
export function openToRead({ path, trusted }: LogPlace): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY); // opening a FIFO must not wait for its writer
    if (fstatSync(fd).isFile() && (trusted === undefined || isStill(fd, path, trusted))) return fd;
  } catch {
    // As good as not there.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

/** Looked at after the opening, and by the file itself: what the name becomes meanwhile does not matter. */
function isStill(fd: number, path: string, trusted: string): boolean {
  if (ownDescriptor(path) !== undefined) return true;
  const real = realpathSync(path);
  if (real !== trusted && !real.startsWith(realpathSync(dirname(path)) + sep)) return false;
  return identityOf(lstatSync(real)) === identityOf(fstatSync(fd));
}

function openNoFollow(path: string, mode: number): Opened {
  const own = ownDescriptor(path);
  return own === undefined ? describe(openSync(path, flagsFor(path) | O_CREAT | O_NOFOLLOW, mode)) : openOwn(own);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** The file a path stands for at this moment; `undefined` where there is none. */
export function identityOf(stat: Stats | undefined): string | undefined {
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
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
      return describe(openSync(`/proc/self/fd/${number}`, APPEND));
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
