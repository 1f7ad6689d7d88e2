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
import { reasonOf, type UserIdentity } from '../../../core/index.ts';
import { isOutOfDescriptors } from '../errno.ts';

/**
 * The pipes between the daemon and a child are FIFOs: unlike an anonymous pipe of root's, one can belong to the user that
 * the program runs as, who may then open /dev/stdout; and unlike the unix sockets of Node's own `stdio: 'pipe'`, one
 * can be opened there at all.
 *
 * A FIFO has its name only for the moment of being opened, in a folder that nobody else may enter. After that it lives
 * through its descriptors, and nothing is left behind, whatever becomes of the daemon.
 */
export interface Fifos {
  /** For output. The child's end is opened anew for every child. @throws the error of the system call. */
  output(owner: UserIdentity | undefined): OutputFifo;
  /** Makes one and drops it. @throws likewise. */
  tryOut(): void;
  /** For input: the child holds the only reading end, so that writing tells when nobody reads. @throws likewise. */
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

/** Without koffi: some milliseconds for each pipe instead of some microseconds. */
export function makeFifoByCommand(path: string, mode: number): void {
  const { error, status, stderr } = spawnSync('mkfifo', ['-m', mode.toString(8), path], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr.trim());
}

function openOutput(path: string, owner: UserIdentity | undefined): OutputFifo {
  return opening((open) => {
    const ownEnd = open(O_RDWR | O_NONBLOCK);
    // Writable for all: a worker that gave up root may then open /dev/stdout, too. Only who was handed a descriptor can get
    // that far, because the FIFO has no name.
    fchmodSync(ownEnd, 0o622);
    giveTo(ownEnd, owner);
    // Where descriptors cannot be opened anew by name, one blocking end is kept for all children.
    return new OutputFifo(ownEnd, existsSync('/proc/self/fd') ? undefined : open(O_RDWR));
  }, path);
}

/** Closes what was opened where the rest goes wrong. */
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
  /** Non-blocking. Open for writing, too, so that there is no end of file between two children. Closed by who reads it. */
  readonly ownEnd: number;
  readonly #kept: number | undefined;

  constructor(ownEnd: number, kept: number | undefined) {
    this.ownEnd = ownEnd;
    this.#kept = kept;
  }

  /**
   * A blocking end for a child. Open for reading, too: a child outlives the daemon without SIGPIPE, and what it writes waits
   * for the next one. `isOwn`: whoever asks closes it. Without /proc all children share one, and with it its O_NONBLOCK.
   */
  openChildEnd(): { readonly fd: number; readonly isOwn: boolean } {
    if (this.#kept !== undefined) return { fd: this.#kept, isOwn: false };
    return { fd: openSync(`/proc/self/fd/${this.ownEnd}`, O_RDWR), isOwn: true };
  }

  /**
   * A non-blocking end that only reads; whoever asks closes it. Once {@link ownEnd} is closed, reading tells whether anybody else
   * has the FIFO open. `undefined` where descriptors cannot be opened anew by name.
   */
  openProbe(): number | undefined {
    if (this.#kept !== undefined) return undefined;
    try {
      return openSync(`/proc/self/fd/${this.ownEnd}`, O_RDONLY | O_NONBLOCK);
    } catch {
      return undefined; // the owner of the FIFO is another user, and root has lost its rights over files
    }
  }

  close(): void {
    if (this.#kept !== undefined) closeSync(this.#kept);
  }
}

/** Makes a probe the daemon's end again. @throws the error of the system call; the probe is closed in any case. */
export function fifoOfProbe(probe: number): OutputFifo {
  try {
    return new OutputFifo(openSync(`/proc/self/fd/${probe}`, O_RDWR | O_NONBLOCK), undefined);
  } finally {
    closeSync(probe);
  }
}

function openInput(path: string, owner: UserIdentity | undefined): { childEnd: number; ownEnd: number } {
  // Opening one end alone waits for the other, or fails; both at once do not.
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
