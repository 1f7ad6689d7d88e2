import { reasonOf, type Clock } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import { loggingError } from '../errors.ts';
import { createFifos, makeFifoByCommand, type Fifos } from './fifo.ts';
import { ReadBuffers, type PipeContext } from './output-pipe.ts';
import { PipeRoom } from './pipe-room.ts';

/** What the pipes of all processes share. */
export interface SharedPipes extends PipeContext {
  readonly fifos: Fifos;
}

/**
 * Makes a FIFO for trial, so that a machine without a place for pipes is found before any program is started. Without the
 * system calls FIFOs are made by a command, and none is enlarged.
 * @throws TSV_PIPE.
 */
export function sharePipes(posix: Posix | undefined, clock: Clock): SharedPipes {
  const fifos = createFifos(posix === undefined ? makeFifoByCommand : (path, mode) => posix.makeFifo(path, mode));
  try {
    fifos.tryOut();
  } catch (error) {
    throw loggingError('TSV_PIPE', [reasonOf(error)], error);
  }
  let buffers: ReadBuffers | undefined;
  return {
    fifos,
    clock,
    room: new PipeRoom(posix && ((fd, bytes) => posix.setPipeSize(fd, bytes))),
    /** Made for the first pipe: a daemon without programs needs none. */
    get buffers() {
      return (buffers ??= new ReadBuffers());
    },
  };
}
