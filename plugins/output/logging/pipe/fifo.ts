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
import { reasonOf, type UserIdentity } from '../../../../core/index.ts';
import { isOutOfDescriptors } from '../errno.ts';

/**
 * The pipes between the daemon and a child are FIFOs. A FIFO can belong to the user of the program, who may then open
 * /dev/stdout; an anonymous pipe of root cannot. The unix sockets of Node's `stdio: 'pipe'` cannot be opened there at
 * all.
 *
 * A FIFO has a name only while it is opened, in a folder that no other user may enter. Then only its descriptors keep
 * it, so nothing is left behind, even if the daemon crashes.
 */
export interface Fifos {
  /** For output. Every child gets an end of its own. @throws the error of the system call. */
  output(owner: UserIdentity | undefined): OutputFifo;
  /** Makes a FIFO and closes it. @throws likewise. */
  tryOut(): void;
  /** For input. The child has the only reading end, so a write fails once it is closed. @throws likewise. */
  input(owner: UserIdentity | undefined): { readonly childEnd: number; readonly ownEnd: number };
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

/** Makes a FIFO at a path: by the system call, or by the command `mkfifo`. */
export type MakeFifo = (path: string, mode: number) => void;

export function createFifos(makeFifo: MakeFifo, folders: readonly string[] = [tmpdir(), '/dev/shm', '/run']): Fifos {
  let inOrder = folders;

  return {
    output: (owner) => withName((path) => openOutput(path, owner)),
    input: (owner) => withName((path) => openInput(path, owner)),
    tryOut: () => withName(() => undefined),
  };

  function withName<Ends>(open: (path: string) => Ends): Ends {
    const failures: string[] = [];
    for (const folder of inOrder) {
      try {
        const ends = withNameIn(folder, open);
        if (folder !== inOrder[0]) inOrder = [folder, ...folders.filter((other) => other !== folder)];
        return ends;
      } catch (error) {
        if (isOutOfDescriptors(error)) throw error;
        failures.push(reasonOf(error)); // read-only, full, gone: the next one
      }
    }
    throw new Error(`cannot make a pipe: ${failures[0]}`);
  }

  function withNameIn<Ends>(folder: string, open: (path: string) => Ends): Ends {
    const hidden = mkdtempSync(join(folder, 'tsvd-'));
    try {
      const path = join(hidden, 'fifo');
      makeFifo(path, 0o600);
      try {
        return open(path);
      } finally {
        unlinkSync(path);
      }
    } finally {
      rmdirSync(hidden);
    }
  }
}

/** Without koffi: takes some milliseconds for each pipe instead of some microseconds. */
export function makeFifoByCommand(path: string, mode: number): void {
  const { error, status, stderr } = spawnSync('mkfifo', ['-m', mode.toString(8), path], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr.trim());
}

function openOutput(path: string, owner: UserIdentity | undefined): OutputFifo {
  return opening((open) => {
    const ownEnd = open(O_RDWR | O_NONBLOCK);
    // Writable for all, so that a worker that gave up root may open /dev/stdout, too. Because the FIFO has no name,
    // only a process that inherited a descriptor can open it.
    fchmodSync(ownEnd, 0o622);
    giveTo(ownEnd, owner);
    // Without /proc a descriptor cannot be opened a second time: all children share one blocking end.
    return new OutputFifo(ownEnd, existsSync('/proc/self/fd') ? undefined : open(O_RDWR));
  }, path);
}

/** Closes the opened descriptors if `make` throws. */
function opening<Ends>(make: (open: (flags: number) => number) => Ends, path: string): Ends {
  const opened: number[] = [];
  try {
    return make((flags) => {
      const fd = openSync(path, flags);
      opened.push(fd);
      return fd;
    });
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}

/** A FIFO for output: the daemon's end, and ends for children. */
export class OutputFifo {
  /**
   * Non-blocking. Open for writing, too, so that there is no end of file between two children. The reader closes it.
   */
  readonly ownEnd: number;
  readonly #kept: number | undefined;

  constructor(ownEnd: number, kept: number | undefined) {
    this.ownEnd = ownEnd;
    this.#kept = kept;
  }

  /**
   * A blocking end for a child. Open for reading, too: a child that outlives the daemon gets no SIGPIPE, and its output
   * waits for the next daemon. `isOwn`: the caller closes it. Without /proc all children share one end, with its
   * O_NONBLOCK.
   */
  openChildEnd(): { readonly fd: number; readonly isOwn: boolean } {
    if (this.#kept !== undefined) return { fd: this.#kept, isOwn: false };
    return { fd: openSync(`/proc/self/fd/${this.ownEnd}`, O_RDWR), isOwn: true };
  }

  /**
   * A non-blocking end that only reads; the caller closes it. Once {@link ownEnd} is closed, a read reports the end of
   * file if no other process has the FIFO open. `undefined` where a descriptor cannot be opened a second time.
   */
  openProbe(): number | undefined {
    if (this.#kept !== undefined) return undefined;
    try {
      return openSync(`/proc/self/fd/${this.ownEnd}`, O_RDONLY | O_NONBLOCK);
    } catch {
      return undefined; // another user owns the FIFO, and root runs without CAP_DAC_OVERRIDE
    }
  }

  close(): void {
    if (this.#kept !== undefined) closeSync(this.#kept);
  }
}

/** Turns a probe into the daemon's end again. @throws the error of the system call. Closes the probe in any case. */
export function fifoOfProbe(probe: number): OutputFifo {
  try {
    return new OutputFifo(openSync(`/proc/self/fd/${probe}`, O_RDWR | O_NONBLOCK), undefined);
  } finally {
    closeSync(probe);
  }
}

function openInput(path: string, owner: UserIdentity | undefined): { childEnd: number; ownEnd: number } {
  // Opening one end alone waits for the other end, or fails. O_RDWR does neither.
  const both = openSync(path, O_RDWR | O_NONBLOCK);
  try {
    giveTo(both, owner);
    return opening((open) => ({ childEnd: open(O_RDONLY), ownEnd: open(O_WRONLY | O_NONBLOCK) }), path);
  } finally {
    closeSync(both);
  }
}

function giveTo(fd: number, owner: UserIdentity | undefined): void {
  if (owner !== undefined && owner.uid !== process.getuid?.() && process.getuid?.() === 0) {
    fchownSync(fd, owner.uid, owner.gid);
  }
}
