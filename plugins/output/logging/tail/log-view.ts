import type { ClearResult, LogTarget } from '../file/log-target.ts';
import { isLogThere, openToRead } from '../file/open-log.ts';
import { followLog, type FollowOptions } from './follow.ts';
import { readLog, tailLog, type ReadResult, type TailResult } from './read-log.ts';

/** What can be read of every log. */
interface LogView {
  readonly path: string;
  /** Reads a part of the log. Supervisor: readLog, readProcessStdoutLog. */
  read(offset: number, length: number): ReadResult;
  /** A descriptor for reading the log, which the caller closes; `undefined` if there is no file. */
  open(): number | undefined;
  /** The end of the log and what is appended from then on; `undefined` if there is no file. */
  follow(options?: FollowOptions): AsyncIterable<Buffer> | undefined;
}

/** The log of one channel of a process. */
export interface ChildLog extends LogView {
  /** Reads the end of the log. Supervisor: tailProcessStdoutLog. */
  tail(offset: number, length: number): TailResult;
  /** Removes the file and begins a new one. */
  clear(): ClearResult;
  /** Opens the file anew under its name. @throws if that fails; then the old file stays in use. */
  reopen(): void;
}

/** The file of the daemon's own log. */
export interface ActivityLogFile extends LogView {
  /** Removes the file and begins a new one. Supervisor: clearLog. */
  clear(): ClearResult | { readonly kind: 'noFile' };
}

export function childLogOf(target: LogTarget): ChildLog {
  return Object.freeze({
    ...viewOf(target),
    tail: (offset: number, length: number) => tailLog(target, offset, length),
    clear: () => target.clear(),
    reopen: () => target.reopen(),
  });
}

/** `cleared` is called after each successful `clear`. */
export function activityLogOf(target: LogTarget, cleared: () => void): ActivityLogFile {
  return Object.freeze({
    ...viewOf(target),
    clear() {
      if (!isLogThere(target.path)) return { kind: 'noFile' } as const;
      const result = target.clear();
      if (result.kind === 'cleared') cleared();
      return result;
    },
  });
}

function viewOf(target: LogTarget): LogView {
  return {
    path: target.path,
    read: (offset, length) => readLog(target, offset, length),
    open: () => openToRead(target),
    follow: (options) => followLog(target, options),
  };
}
