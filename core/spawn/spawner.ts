import type { ChildProcess } from 'node:child_process';
import type { UserIdentity } from '../config.ts';
import type { Exit } from '../exit.ts';
import type { Child } from './child.ts';
import { execObstacle, identityObstacle, understudyOf } from './obstacle.ts';
import type { SpawnPlan, Stdio } from './plan.ts';

/** Makes children from plans. The core has one for real processes; tests bring their own. */
export interface Spawner {
  /** Calls `done` exactly once, at once where it can. Does not throw. */
  spawn(plan: SpawnPlan, done: (result: SpawnResult) => void): void;
}

export type SpawnResult =
  | { readonly kind: 'child'; readonly child: Child }
  /** There was no process: the table is full, descriptors ran out. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface SpawnerOptions {
  /**
   * Switches the calling thread for the time of the spawn, which gives the child the user's supplementary groups
   * (core/posix.ts). Without it Node switches the child, which drops them all.
   */
  readonly runAs?: RunAs;
  /** Carries out a spawn with the resource limits that the child is to have, and puts the daemon's own back. */
  readonly withLimits?: <Result>(spawn: () => Result) => Result;
}

/** Runs an action with the identity of another user, and comes back. */
export type RunAs = <Result>(identity: UserIdentity, action: () => Result) => Result;

/**
 * Spawns with node:child_process. Each child leads a session and process group of its own, has default signal
 * dispositions, and inherits descriptors 0 to 2 only.
 *
 * A child that cannot change directory or execute its program says so on its stderr and exits with 127, as under
 * Supervisor: such a program counts as spawned.
 */
export function createSpawner({ runAs, withLimits = (spawn) => spawn() }: SpawnerOptions = {}): Spawner {
  const as: RunAs = (identity, action) => (runAs === undefined ? action() : runAs(identity, action));

  return {
    spawn(plan, done) {
      let result: ChildProcess;
      try {
        result = withLimits(() => spawnAs(withoutOwnIdentity(plan)));
      } catch (error) {
        return done({ kind: 'failed', reason: spawnFailure(error, plan) });
      }
      if (result.pid !== undefined) {
        return done({ kind: 'child', child: new NodeChild(result, result.pid) });
      }
      // Node reports the common failures of a spawn only on the next tick.
      result.once('error', (error) => done({ kind: 'failed', reason: spawnFailure(error, plan) }));
      return undefined;
    },
  };

  function spawnAs(plan: SpawnPlan): ChildProcess {
    const obstacle = identityObstacle(plan);
    if (obstacle !== undefined) return spawnNow(understudyOf({ ...plan, identity: undefined }, obstacle));
    return plan.identity === undefined ? spawnOrUnderstudy(plan) : as(plan.identity, () => spawnOrUnderstudy(plan));
  }

  function spawnOrUnderstudy(plan: SpawnPlan): ChildProcess {
    const obstacle = execObstacle(plan);
    return spawnNow(obstacle === undefined ? plan : understudyOf(plan, obstacle));
  }

  function spawnNow(plan: SpawnPlan): ChildProcess {
    const before = plan.umask === undefined ? undefined : process.umask(plan.umask);
    try {
      // At the first spawn and not before: node:child_process takes most of what the core adds to an empty Node.
      const { spawn } = process.getBuiltinModule('node:child_process');
      return spawn(plan.file, plan.argv.slice(1), {
        argv0: plan.argv[0] ?? plan.file,
        env: plan.env,
        detached: true,
        stdio: plan.stdio.map(nodeStdio),
        ...(plan.cwd === undefined ? {} : { cwd: plan.cwd }),
        ...(plan.identity === undefined || runAs !== undefined
          ? {}
          : { uid: plan.identity.uid, gid: plan.identity.gid }),
      });
    } finally {
      if (before !== undefined) process.umask(before);
    }
  }
}

/** Who already is the user keeps the groups it has. Supervisor: options.py drop_privileges. */
function withoutOwnIdentity(plan: SpawnPlan): SpawnPlan {
  return plan.identity?.uid === process.getuid?.() ? { ...plan, identity: undefined } : plan;
}

class NodeChild implements Child {
  readonly pid: number;
  #exit: Exit | undefined;
  readonly #callbacks: ((exit: Exit) => void)[] = [];

  constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    child.once('exit', (code, signal) => {
      this.#exit = signal === null ? { kind: 'code', code: code ?? -1 } : { kind: 'signal', signal };
      for (const callback of this.#callbacks.splice(0)) callback(this.#exit);
    });
    // After a successful spawn, 'error' only reports failed signals sent through ChildProcess, which nobody does.
    child.on('error', () => undefined);
  }

  onExit(callback: (exit: Exit) => void): void {
    if (this.#exit === undefined) this.#callbacks.push(callback);
    else callback(this.#exit);
  }

  signal(signal: NodeJS.Signals, asGroup: boolean): 'sent' | 'gone' {
    // Once reaped, the pid may already belong to somebody else.
    if (this.#exit !== undefined && !asGroup) return 'gone';
    try {
      process.kill(asGroup ? -this.pid : this.pid, signal);
      return 'sent';
    } catch (error) {
      if (isErrno(error, 'ESRCH')) return 'gone';
      throw error;
    }
  }
}

function nodeStdio(stdio: Stdio): number | 'inherit' | 'ignore' {
  if (stdio.kind === 'fd') return stdio.fd;
  return stdio.kind === 'null' ? 'ignore' : 'inherit';
}

/** In Supervisor's words where it has some. Supervisor: process.py spawn(). */
function spawnFailure(error: unknown, plan: SpawnPlan): string {
  const name = plan.env['SUPERVISOR_PROCESS_NAME'] ?? plan.file;
  if (isErrno(error, 'EAGAIN')) return `Too many processes in process table to spawn '${name}'`;
  if (isErrno(error, 'EMFILE') || isErrno(error, 'ENFILE')) return `too many open files to spawn '${name}'`;
  return `unknown error during fork for '${name}': ${error instanceof Error ? error.message : String(error)}`;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
