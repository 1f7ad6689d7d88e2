import type { ChildProcess } from 'node:child_process';
import { Launcher, spawnFailure, type Launch } from './launch.ts';
import type { SpawnPlan, Stdio } from './plan.ts';
import { SpawnedChild } from './spawned-child.ts';
import type { Spawner, SpawnResult } from './spawner.ts';

/** Carries out a spawn with the resource limits that the child is to have, and puts the daemon's own back. */
type WithLimits = <Result>(spawn: () => Result) => Result;

export interface SpawnerOptions {
  readonly withLimits?: WithLimits;
}

/**
 * Spawns with node:child_process. Each child leads a session and process group of its own, has default signal
 * dispositions, and inherits descriptors 0 to 2 only, and those that this process itself inherited.
 */
export function createSpawner({ withLimits = (spawn) => spawn() }: SpawnerOptions = {}): Spawner {
  const launcher = new Launcher();

  return {
    spawn(plan, done) {
      const launch = launcher.prepare(plan, { looksAhead: true });
      if ('kind' in launch) return done(launch);
      spawnNow({ plan, launch, withLimits }, done);
      return undefined;
    },
  };
}

interface Order {
  readonly plan: SpawnPlan;
  readonly launch: Launch;
  readonly withLimits: WithLimits;
}

function spawnNow({ plan, launch, withLimits }: Order, done: (result: SpawnResult) => void): void {
  // At the first spawn and not before: node:child_process takes most of what the core adds to an empty Node.
  const { spawn } = process.getBuiltinModule('node:child_process');
  let made: ChildProcess;
  try {
    made = withLimits(() =>
      spawn(launch.file, launch.argv.slice(1), {
        argv0: launch.argv[0] ?? launch.file,
        env: launch.env,
        detached: true,
        stdio: launch.stdio.map(nodeStdio),
        ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
      }),
    );
  } catch (error) {
    return done(spawnFailure(errnoOf(error), plan));
  }
  if (made.pid === undefined) {
    // Node reports the common failures of a spawn only on the next tick.
    made.once('error', (error) => done(spawnFailure(errnoOf(error), plan)));
    return undefined;
  }
  const child = new SpawnedChild(made.pid);
  made.once('exit', (code, signal) => {
    if (signal !== null) return child.ended({ kind: 'signal', signal });
    const failure = code === null ? undefined : launch.failureOf(code, undefined);
    return child.ended({ kind: 'code', code: code ?? -1, ...(failure !== undefined && { failure }) });
  });
  // After a successful spawn, 'error' only reports failed signals sent through ChildProcess, which nobody does.
  made.on('error', () => undefined);
  return done({ kind: 'child', child });
}

function nodeStdio(stdio: Stdio): number | 'inherit' | 'ignore' {
  if (stdio.kind === 'fd') return stdio.fd;
  return stdio.kind === 'null' ? 'ignore' : 'inherit';
}

function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
