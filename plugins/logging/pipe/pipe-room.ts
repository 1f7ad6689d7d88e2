/** What a pipe holds unless told otherwise. */
const PIPE_BYTES = 65_536;
/** What it is enlarged to: an unprivileged process may not have more (`fs.pipe-max-size`). */
const LARGE_PIPE_BYTES = 1_048_576;
/** How many pipes are large at a time. Their memory is the kernel's, and only there while they are full. */
const MOST_LARGE_PIPES = 16;

/** Sets how many bytes a pipe holds. @throws where the system refuses. */
export type SetPipeSize = (fd: number, bytes: number) => void;

/**
 * Gives room to the pipes of programs that write more than a pipe holds between two looks at it. The room of all pipes of a
 * user is limited (`fs.pipe-user-pages-soft`), so only a few have it, while they need it.
 */
export class PipeRoom {
  readonly #setSize: SetPipeSize | undefined;
  readonly #large = new Set<number>();

  /** Without `setSize` every pipe stays as it is. */
  constructor(setSize: SetPipeSize | undefined) {
    this.#setSize = setSize;
  }

  /**
   * Whether a pipe in which `count` bytes were found has room until the next look; one that has not is enlarged where that is
   * possible. `false`: the program would have to wait for us.
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
      return false; // EPERM: the limit of the user; EBUSY: still too full to become small, so it is tried again later
    }
  }
}
