import type { ActivityLogFile } from './activity-log.ts';
import { followLog, type FollowOptions } from '../tail/follow.ts';
import type { LogTarget } from '../file/log-target.ts';
import { isLogThere, openToRead } from '../file/open-log.ts';
import { readLog } from '../tail/read-log.ts';

/** The daemon's own log for those who read it. `cleared` is called after it was begun anew. */
export function ownLog(target: LogTarget, cleared: () => void): ActivityLogFile {
  const { path } = target;
  return Object.freeze({
    path,
    read: (offset: number, length: number) => readLog(target, offset, length),
    open: () => openToRead(target),
    clear() {
      if (!isLogThere(path)) return { kind: 'noFile' } as const;
      const result = target.clear();
      if (result.kind === 'cleared') cleared();
      return result;
    },
    follow: (options?: FollowOptions) => followLog(target, options),
  });
}
