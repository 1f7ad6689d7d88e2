/**
 * The system calls that Node lacks, through koffi. A separate entry point: the core's index does not load this file,
 * and nothing outside core/posix knows about koffi.
 */
import { descriptorCalls, type DescriptorCalls } from './posix/descriptors.ts';
import { loadLibc } from './posix/libc.ts';
import { limitCalls, type LimitCalls } from './posix/limits.ts';
import { pidfdCalls, type PidfdCalls } from './posix/pidfds.ts';
import { reaperOf } from './posix/reaper.ts';
import { processCalls, type ProcessCalls } from './posix/processes.ts';
import { ownChild } from './posix/spawner.ts';
import type { Child } from './spawn/child.ts';
import { socketCalls, type SocketCalls } from './posix/sockets.ts';
import { timeCalls, type TimeCalls } from './posix/time.ts';

export type { Resource } from './posix/limits.ts';
export { createPosixSpawner } from './posix/spawner.ts';

export interface Posix extends DescriptorCalls, LimitCalls, PidfdCalls, ProcessCalls, SocketCalls, TimeCalls {
  /** Reaps a process that {@link ProcessCalls.spawnProcess} has made, and calls back once. */
  watchChild(pid: number, onEnd: () => void): void;
  /** A child of this process that it has spawned before it became another program. */
  ownChild(pid: number): Child;
}

let loaded: Posix | undefined;

/** The same object at each call. @throws if koffi does not load or the platform is not supported: Linux on x64 and arm64 only. */
export function loadPosix(): Posix {
  return (loaded ??= load());
}

function load(): Posix {
  const libc = loadLibc();
  const posix: Posix = {
    ...descriptorCalls(libc),
    ...limitCalls(libc),
    ...pidfdCalls(libc),
    ...processCalls(libc),
    ...socketCalls(libc),
    ...timeCalls(libc),
    watchChild(pid, onEnd) {
      const reaper = reaperOf(posix);
      reaper.listen();
      reaper.watch(pid, { wantsComm: false, onEnd });
    },
    ownChild: (pid) => ownChild(pid, reaperOf(posix)),
  };
  return posix;
}
