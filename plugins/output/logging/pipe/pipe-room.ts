/** The default capacity of a pipe. */
const PIPE_BYTES = 65_536;
/** The capacity of an enlarged pipe: the most that an unprivileged process may set (`fs.pipe-max-size`). */
const LARGE_PIPE_BYTES = 1_048_576;
/** How many pipes are large at a time. The kernel allocates their memory only while they are full. */
const MOST_LARGE_PIPES = 16;

/** Sets how many bytes a pipe holds. @throws where the system refuses. */
export type SetPipeSize = (fd: number, bytes: number) => void;

/**
 * Enlarges the pipes of programs that write more than a pipe holds between two polls. The kernel limits the capacity of
 * all pipes of a user (`fs.pipe-user-pages-soft`), so only a few pipes are large, and only while they need it.
 */
export class PipeRoom {
  readonly #setSize: SetPipeSize | undefined;
  readonly #large = new Set<number>();

  /** Without `setSize` every pipe stays as it is. */
  constructor(setSize: SetPipeSize | undefined) {
    this.#setSize = setSize;
  }

  /**
   * Whether a pipe that held `count` bytes is large enough until the next poll. Enlarges it where it is not. `false`:
   * it cannot be enlarged, and the program would wait for the daemon.
   */
  suffices(fd: number, count: number): boolean {
    return count <= PIPE_BYTES / 2 || this.#large.has(fd) || this.#enlarge(fd);
  }

  /** Back to the usual size. Does nothing to a pipe that was not enlarged. */
  restore(fd: number): void {
    if (this.#large.has(fd) && this.#set(fd, PIPE_BYTES)) this.#large.delete(fd);
  }

  /** The pipe is about to be closed. */
  forget(fd: number): void {
    this.#large.delete(fd);
  }

  #enlarge(fd: number): boolean {
    if (this.#large.size >= MOST_LARGE_PIPES || !this.#set(fd, LARGE_PIPE_BYTES)) return false;
    this.#large.add(fd);
    return true;
  }

  #set(fd: number, bytes: number): boolean {
    try {
      this.#setSize?.(fd, bytes);
      return this.#setSize !== undefined;
    } catch {
      return false; // EPERM: the user's limit is reached; EBUSY: still too full to become small, tried again later
    }
  }
}
