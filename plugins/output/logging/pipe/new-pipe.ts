import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, type UserIdentity } from '../../../../core/index.ts';

/** Makes a pipe. The end that the daemon keeps does not block, the other one does. @throws the error of the system call. */
export type NewPipe = (ownEnd: 'read' | 'write') => { readonly readEnd: number; readonly writeEnd: number };

/** The owner may read and write, everybody else write. */
const MODE = 0o622;

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

/**
 * A pipe for a program's output. It is given to the program's user, who may then open /dev/stdout; the unix sockets of
 * Node's `stdio: 'pipe'` cannot be opened there at all. Writable for all, so that a worker that gave up root may do so,
 * too: a pipe has no name, so only a process that inherited a descriptor can open it.
 * @throws the error of the system call.
 */
export function newOutputPipe(newPipe: NewPipe, owner: UserIdentity | undefined): OutputEnds {
  const { readEnd, writeEnd } = newPipe('read');
  const opened = new Set([readEnd, writeEnd]);
  try {
    fchmodSync(readEnd, MODE);
    if (!existsSync('/proc/self/fd')) {
      giveTo(readEnd, owner);
      opened.clear();
      return new OutputEnds(readEnd, writeEnd);
    }
    const ownEnd = openSync(`/proc/self/fd/${readEnd}`, O_RDWR | O_NONBLOCK);
    opened.add(ownEnd);
    giveTo(ownEnd, owner);
    opened.delete(ownEnd);
    return new OutputEnds(ownEnd, undefined);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/**
 * A pipe for a program's input. The child has the only reading end, so a write fails once it is closed.
 * @throws the error of the system call.
 */
export function newInputPipe(
  newPipe: NewPipe,
  owner: UserIdentity | undefined,
): { readonly childEnd: number; readonly ownEnd: number } {
  const { readEnd, writeEnd } = newPipe('write');
  try {
    giveTo(readEnd, owner);
    return { childEnd: readEnd, ownEnd: writeEnd };
  } catch (error) {
    closeSync(readEnd);
    closeSync(writeEnd);
    throw error;
  }
}

/** The daemon's end of an output pipe, and ends for children. */
export class OutputEnds {
  /**
   * Non-blocking. Open for writing, too, so that there is no end of file between two children. The reader closes it.
   */
  readonly ownEnd: number;
  readonly #kept: number | undefined;

  /** `kept`: where a descriptor cannot be opened a second time (without /proc), the one end for all children. */
  constructor(ownEnd: number, kept: number | undefined) {
    this.ownEnd = ownEnd;
    this.#kept = kept;
  }

  /**
   * A blocking end for a child. Opened anew for each, so that none meets the O_NONBLOCK of the one before. Open for
   * reading, too: a child that outlives the daemon gets no SIGPIPE, and its output waits for the next daemon.
   * `isOwn`: the caller closes it.
   */
  openChildEnd(): { readonly fd: number; readonly isOwn: boolean } {
    if (this.#kept !== undefined) return { fd: this.#kept, isOwn: false };
    const path = `/proc/self/fd/${this.ownEnd}`;
    try {
      return { fd: openSync(path, O_RDWR), isOwn: true };
    } catch (error) {
      if (codeOf(error) !== 'EACCES') throw error;
      // Root without CAP_DAC_OVERRIDE may only write to what belongs to another user.
      if (!this.#allowAgain()) return { fd: openSync(path, O_WRONLY), isOwn: true };
      return { fd: openSync(path, O_RDWR), isOwn: true };
    }
  }

  /** Undoes what a program did to its stdout (`chmod 0 /dev/stdout`), where the pipe is the daemon's own. */
  #allowAgain(): boolean {
    try {
      fchmodSync(this.ownEnd, MODE);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * A non-blocking end that only reads; the caller closes it. Once {@link ownEnd} is closed, a read reports the end of
   * file if no other process has the pipe open. `undefined` where a descriptor cannot be opened a second time.
   */
  openProbe(): number | undefined {
    if (this.#kept !== undefined) return undefined;
    try {
      return openSync(`/proc/self/fd/${this.ownEnd}`, O_RDONLY | O_NONBLOCK);
    } catch {
      return undefined; // another user owns the pipe, and root runs without CAP_DAC_OVERRIDE
    }
  }

  close(): void {
    if (this.#kept !== undefined) closeSync(this.#kept);
  }
}

/** Turns a probe into the daemon's end again. @throws the error of the system call. Closes the probe in any case. */
export function endsOfProbe(probe: number): OutputEnds {
  try {
    return new OutputEnds(openSync(`/proc/self/fd/${probe}`, O_RDWR | O_NONBLOCK), undefined);
  } finally {
    closeSync(probe);
  }
}

function giveTo(fd: number, owner: UserIdentity | undefined): void {
  if (owner !== undefined && owner.uid !== process.getuid?.() && process.getuid?.() === 0) {
    fchownSync(fd, owner.uid, owner.gid);
  }
}

/**
 * A pipe without the system call, by the command `mkfifo`: some milliseconds instead of some microseconds. It has a
 * name only while it is opened, in a folder that no other user may enter.
 */
export function newPipeByCommand(ownEnd: 'read' | 'write'): ReturnType<NewPipe> {
  const folder = mkdtempSync(join(tmpdir(), 'tsvd-'));
  const path = join(folder, 'pipe');
  try {
    const { error, status, stderr } = spawnSync('mkfifo', ['-m', '600', path], { encoding: 'utf8' });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(stderr.trim());
    try {
      return openEnds(path, ownEnd);
    } finally {
      unlinkSync(path);
    }
  } finally {
    rmdirSync(folder);
  }
}

function openEnds(path: string, ownEnd: 'read' | 'write'): ReturnType<NewPipe> {
  // Opening one end alone waits for the other end, or fails. O_RDWR does neither.
  const both = openSync(path, O_RDWR);
  try {
    const readEnd = openSync(path, O_RDONLY | (ownEnd === 'read' ? O_NONBLOCK : 0));
    try {
      return { readEnd, writeEnd: openSync(path, O_WRONLY | (ownEnd === 'write' ? O_NONBLOCK : 0)) };
    } catch (error) {
      closeSync(readEnd);
      throw error;
    }
  } finally {
    closeSync(both);
  }
}
