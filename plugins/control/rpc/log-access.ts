import { reasonOf, type ProcessView, type Supervisor } from '../../../core/index.ts';
import { loggingService, type ActivityLogFile, type ChildLog } from '../../output/logging/index.ts';
import { RpcFault } from './faults.ts';
import type { LogPaths } from './process-info.ts';

/** The logs of a process. Without the plugin `logging` there are none, and the paths are empty. */
export function logPaths(supervisor: Supervisor, process: ProcessView): LogPaths {
  const pathOf = (channel: 'stdout' | 'stderr'): string =>
    supervisor.use(loggingService)?.childLog(process, channel)?.path ?? '';
  return { stdout: pathOf('stdout'), stderr: pathOf('stderr') };
}

/** The most that one answer returns of a log: the file may be larger than the memory of the daemon. */
export const LONGEST_READ = 64 * 2 ** 20;

/** @throws NO_FILE, BAD_ARGUMENTS, FAILED */
export function readLog(log: Pick<ChildLog, 'path' | 'read'> | undefined, offset: number, length: number): Buffer {
  if (log === undefined) throw new RpcFault('NO_FILE');
  const result = log.read(...bounded(offset, length));
  switch (result.kind) {
    case 'bytes':
      if (result.bytes.length <= LONGEST_READ) return result.bytes;
      throw new RpcFault('FAILED', `that is too much for one answer; read at most ${LONGEST_READ} bytes at a time`);
    case 'noFile':
      throw new RpcFault('NO_FILE', log.path);
    case 'badArguments':
      throw new RpcFault('BAD_ARGUMENTS');
    case 'failed':
      throw new RpcFault('FAILED');
  }
}

/** Limits a request to one byte more than is allowed. */
export function bounded(offset: number, length: number): [offset: number, length: number] {
  const most = LONGEST_READ + 1;
  if (offset < 0) return [Math.max(offset, -most), length];
  return [offset, length === 0 ? most : Math.min(length, most)];
}

/** A missing log counts as empty here. */
export function tailLog(
  log: ChildLog | undefined,
  offset: number,
  length: number,
): [text: string, offset: number, overflow: boolean] {
  if (log === undefined) return ['', 0, false];
  const tail = log.tail(offset, Math.min(length, LONGEST_READ));
  return [tail.bytes.toString(), tail.offset, tail.overflow];
}

/**
 * Does nothing if there is no log.
 * @throws FAILED: then the old file stays in use
 */
export function reopenLog(log: Pick<ChildLog, 'path' | 'reopen'> | undefined): void {
  try {
    log?.reopen();
  } catch (error) {
    throw new RpcFault('FAILED', `cannot open ${log?.path} anew: ${reasonOf(error)}; the old file stays in use`);
  }
}

/** @throws FAILED, NO_FILE if there is none */
export function clearLog(log: Pick<ActivityLogFile, 'clear'> | undefined): void {
  const kind = log?.clear().kind ?? 'noFile';
  if (kind === 'failed') throw new RpcFault('FAILED');
  if (kind === 'noFile') throw new RpcFault('NO_FILE');
}
