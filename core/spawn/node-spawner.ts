import type { ChildProcess } from 'node:child_process';
import { codeOf, reasonOf } from '../errors.ts';
import { Launcher, spawnFailure, type Launch } from './launch.ts';
import type { SpawnPlan, Stdio } from './plan.ts';
import { SpawnedChild } from './spawned-child.ts';
import type { Spawner, SpawnResult } from './spawner.ts';

/**
 * Spawns with node:child_process. Each child leads its own session and process group, has default signal dispositions,
 * and inherits only descriptors 0 to 2 and those that this process itself inherited. tsvd has a faster spawner
 * (core/posix/spawner.ts), which also distinguishes a program's exit status 127 from a failed start.
 */
export function createSpawner(): Spawner {
  const launcher = new Launcher();

  return {
    spawn(plan, done) {
      const launch = launcher.prepare(plan, { looksAhead: true });
      if ('kind' in launch) return done(launch);
      spawnByNode(plan, launch, done);
      return undefined;
    },
  };
}

/** Carries out a launch. */
function spawnByNode(plan: SpawnPlan, launch: Launch, done: (result: SpawnResult) => void): void {
  // Loaded at the first spawn: node:child_process is most of the memory that the core adds to an empty Node.
  const { spawn } = process.getBuiltinModule('node:child_process');
  let made: ChildProcess;
  try {
    made = spawn(launch.file, launch.argv.slice(1), {
      argv0: launch.argv[0] ?? launch.file,
      env: launch.env,
      detached: true,
      stdio: launch.stdio.map(nodeStdio),
      ...(launch.cwd !== undefined && { cwd: launch.cwd }),
    });
  } catch (error) {
    return done(spawnFailure(codeOf(error) ?? reasonOf(error), plan));
  }
  if (made.pid === undefined) {
    // Node reports the common failures of a spawn only on the next tick.
    made.once('error', (error) => done(spawnFailure(codeOf(error) ?? reasonOf(error), plan)));
    return undefined;
  }
  const child = new SpawnedChild(made.pid);
  made.once('exit', (code, signal) => {
    if (signal !== null) return child.ended({ kind: 'signal', signal });
    const failure = code === null ? undefined : launch.failureOf(code, undefined);
    // A failed start gets the exit status that Supervisor's child would have.
    return child.ended(
      failure === undefined ? { kind: 'code', code: code ?? -1 } : { kind: 'code', code: 127, failure },
    );
  });
  // After a successful spawn, 'error' only reports failed signals sent through ChildProcess, which is not used.
  made.on('error', () => undefined);
  return done({ kind: 'child', child });
}

function nodeStdio(stdio: Stdio): number | 'inherit' | 'ignore' {
  if (stdio.kind === 'fd') return stdio.fd;
  return stdio.kind === 'null' ? 'ignore' : 'inherit';
}
