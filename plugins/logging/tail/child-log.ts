import { followLog, type FollowOptions } from './follow.ts';
import type { ClearResult, LogTarget } from '../file/log-target.ts';
import { openToRead } from '../file/open-log.ts';
import { readLog, tailLog, type ReadResult, type TailResult } from './read-log.ts';

/** The log of one channel of a process, as others see it. */
export interface ChildLog {
  readonly path: string;
  /** A part of it. Supervisor: readProcessStdoutLog. */
  read(offset: number, length: number): ReadResult;
  /** Its end. Supervisor: tailProcessStdoutLog. */
  tail(offset: number, length: number): TailResult;
  /** A descriptor for reading it, which the caller closes; `undefined` where there is no file. */
  open(): number | undefined;
  /** Removes it and begins a new one. */
  clear(): ClearResult;
  /** Opens it anew under its name. @throws where that is not possible; then the old file stays in use. */
  reopen(): void;
  /** Its end and what is added to it from then on; `undefined` where there is no file. */
  follow(options?: FollowOptions): AsyncIterable<Buffer> | undefined;
}

/** The log of a target. */
export function logOf(target: LogTarget): ChildLog {
  const { path } = target;
  return Object.freeze({
    path,
    read: (offset: number, length: number) => readLog(target, offset, length),
    tail: (offset: number, length: number) => tailLog(target, offset, length),
    open: () => openToRead(target),
    clear: () => target.clear(),
    reopen: () => target.reopen(),
    follow: (options?: FollowOptions) => followLog(target, options),
  });
}
