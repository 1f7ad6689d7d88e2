/**
 * Where the output of one channel goes. A channel may have several sinks; each gets all bytes, in order, in pieces of any
 * size.
 */
export interface Sink {
  /**
   * Takes bytes, which are valid during the call only. `true`: done with them. `false`: the sink has copied what it could
   * not pass on yet and wants no more; it calls `ready` once when it does. Until then the program is not read from, so
   * that it is slowed and no memory is filled.
   */
  write(bytes: Uint8Array, ready: () => void): boolean;
  /** The process is about to be started: make sure that there is somewhere to write to. Throws: the start fails. */
  prepare?(): void;
  /** The process has ended: pass on what was held back, such as a line without an end. Its children may still write. */
  endOfRun?(): void;
  /** Nothing will be written any more. */
  close?(): void;
}

const nothing = (): void => undefined;

/** Writes at the end of a run, where nobody can wait: a sink copies what it cannot pass on. */
export function writeLast(sink: Sink, bytes: Uint8Array): void {
  if (bytes.length > 0) sink.write(bytes, nothing);
}
