import { reasonOf, type Clock } from '../../../../core/index.ts';
import type { Posix } from '../../../../core/posix.ts';
import { loggingError } from '../errors.ts';
import { createFifos, makeFifoByCommand, type Fifos } from './fifo.ts';
import { ReadBuffers, type PipeContext } from './output-pipe.ts';
import { PipeRoom } from './pipe-room.ts';

/** What the pipes of all processes share. */
export interface SharedPipes extends PipeContext {
  readonly fifos: Fifos;
}

/**
 * Makes a FIFO as a trial: a machine without a place for pipes is detected before the first program starts. Without
 * system calls a command makes the FIFOs, and no pipe is enlarged.
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
    /** Allocated for the first pipe: a daemon without programs needs none. */
    get buffers() {
      return (buffers ??= new ReadBuffers());
    },
  };
}
