import { codeOf } from '../errors.ts';
import { bytesOf } from '../spawn/bytes.ts';
import { exitOf, type Exit, type RunUsage, type WaitStatus } from '../exit.ts';
import type { Child } from '../spawn/child.ts';
import { isForkError, Launcher, spawnFailure, type Launch } from '../spawn/launch.ts';
import { obstacleOf } from '../spawn/obstacle.ts';
import type { SpawnPlan, Stdio } from '../spawn/plan.ts';
import { SpawnedChild } from '../spawn/spawned-child.ts';
import type { Spawner, SpawnResult } from '../spawn/spawner.ts';
import type { ProcessCalls } from './processes.ts';
import { reaperOf, type Reaped, type Reaper } from './reaper.ts';

/**
 * Spawns with posix_spawn(3) and reaps with wait4(2), alongside the children of node:child_process. Takes a third of
 * the processor time, reports errors at once, and passes bytes unchanged. No setting of this process is changed for a
 * spawn: a child that needs other settings changes them itself (core/spawn/chain.ts). As process 1 it also reaps
 * orphans.
 */
export function createPosixSpawner(calls: ProcessCalls): Spawner {
  const launcher = new Launcher();
  const reaper = reaperOf(calls);

  return {
    spawn(plan, done) {
      reaper.listen();
      const launch = launcher.prepare(plan, { looksAhead: false });
      if ('kind' in launch) return done(launch);
      return done(spawn(plan, launch));
    },
  };

  function spawn(plan: SpawnPlan, launch: Launch): SpawnResult {
    try {
      return execute(launch);
    } catch (error) {
      const errno = codeOf(error) ?? String(error);
      if (isForkError(errno)) return spawnFailure(errno, plan);
      return spawnStandIn(plan, errno);
    }
  }

  /** The kernel refused to execute the program. A stand-in child reports it on its stderr. */
  function spawnStandIn(plan: SpawnPlan, errno: string): SpawnResult {
    const obstacle = obstacleOf(plan, errno);
    if (obstacle === undefined) return spawnFailure(errno, plan);
    try {
      return execute(launcher.standIn(plan, obstacle));
    } catch (error) {
      return spawnFailure(codeOf(error) ?? String(error), plan);
    }
  }

  function execute(launch: Launch): SpawnResult {
    const pid = calls.spawnProcess({
      file: bytesOf(launch.file),
      argv: launch.argv.map(bytesOf),
      env: Object.entries(launch.env).map(([name, value]) => bytesOf(`${name}=${value}`)),
      cwd: launch.cwd === undefined ? undefined : bytesOf(launch.cwd),
      fds: launch.stdio.map(descriptorOf),
    });
    const child = new SpawnedChild(pid);
    reaper.watch(pid, { wantsComm: launch.isChain, onEnd: (reaped) => report(child, reaped, launch) });
    return { kind: 'child', child };
  }
}

/** See Posix.ownChild. It may have exited long ago: the kernel keeps the status until the child is reaped. */
export function ownChild(pid: number, reaper: Reaper): Child {
  const child = new SpawnedChild(pid);
  reaper.listen();
  reaper.watch(pid, { wantsComm: false, onEnd: ({ end }) => child.ended(...endOf(end)) });
  reaper.lookAgain();
  return child;
}

function report(child: SpawnedChild, { end, comm }: Reaped, launch: Launch): void {
  if (end === 'gone') return child.ended(...endOf(end));
  return child.ended(exitOfLaunch(end.status, comm, launch), end.usage);
}

/** How a child ended that has no chain any more. */
function endOf(end: Reaped['end']): [exit: Exit, usage?: RunUsage] {
  if (end === 'gone') return [{ kind: 'unknown', reason: 'another part of the daemon has reaped it' }];
  const { status, usage } = end;
  return [exitOf(status), usage];
}

/** A failed chain gets the exit status that Supervisor's child would have. */
function exitOfLaunch(status: WaitStatus, comm: string | undefined, launch: Launch): Exit {
  if ('signal' in status) return exitOf(status);
  const failure = launch.failureOf(status.code, comm);
  return failure === undefined ? exitOf(status) : { kind: 'code', code: 127, failure };
}

function descriptorOf(stdio: Stdio, number: number): number | 'null' {
  if (stdio.kind === 'fd') return stdio.fd;
  return stdio.kind === 'null' ? 'null' : number;
}
