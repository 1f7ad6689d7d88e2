import { closeSync } from 'node:fs';
import { reasonOf } from '../../../../core/index.ts';
import type { Posix } from '../../../../core/posix.ts';
import type { StateService } from '../../../host/persist/index.ts';
import { loggingError } from '../errors.ts';
import { newPipeByCommand, type NewPipe } from './new-pipe.ts';
import { ReadBuffers, type PipeContext } from './output-pipe.ts';
import { PipeRoom } from './pipe-room.ts';

/** What the pipes of all processes share. */
export interface SharedPipes extends PipeContext {
  readonly newPipe: NewPipe;
  /** What is kept for the next daemon, if anything is. */
  readonly state: () => StateService | undefined;
}

/**
 * Without system calls a command makes the pipes, and none is enlarged. One is made as a trial then: a machine without
 * the command, or without a place for pipes, is detected before the first program starts.
 * @throws TSV_PIPE.
 */
export function sharePipes(
  posix: Posix | undefined,
  { clock, state }: Pick<SharedPipes, 'clock' | 'state'>,
): SharedPipes {
  if (posix === undefined) tryCommand();
  let buffers: ReadBuffers | undefined;
  return {
    newPipe: posix === undefined ? newPipeByCommand : (ownEnd) => posix.makePipe(ownEnd),
    clock,
    state,
    room: new PipeRoom(posix && ((fd, bytes) => posix.setPipeSize(fd, bytes))),
    /** Allocated for the first pipe: a daemon without programs needs none. */
    get buffers() {
      return (buffers ??= new ReadBuffers());
    },
  };
}

function tryCommand(): void {
  try {
    for (const fd of Object.values(newPipeByCommand('read'))) closeSync(fd);
  } catch (error) {
    throw loggingError('TSV_PIPE', [reasonOf(error)], error);
  }
}
