/**
 * Receives the output of one channel. A channel may have several sinks. Each gets all bytes, in order, in pieces of any
 * size.
 */
export interface Sink {
  /**
   * Takes bytes, which are valid during the call only. `true`: the sink has written them. `false`: it has copied what
   * it could not write yet, and calls `ready` once when it accepts more. Until then the pipe of the program is not
   * read, so the program is slowed down and no memory fills up.
   */
  write(bytes: Uint8Array, ready: () => void): boolean;
  /** Called before each start: makes sure that there is somewhere to write to. Throws: the start fails. */
  prepare?(): void;
  /**
   * Called after each exit: writes what was held back, such as an unfinished line. Children of the program may still
   * write.
   */
  endOfRun?(): void;
  /** Called once, after the last write. */
  close?(): void;
}

const nothing = (): void => undefined;

/** Writes at the end of a run, where there is no waiting: a sink copies what it cannot write. */
export function writeLast(sink: Sink, bytes: Uint8Array): void {
  if (bytes.length > 0) sink.write(bytes, nothing);
}
