import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSpawner,
  type Exit,
  type RunUsage,
  type SpawnPlan,
  type Spawner,
  type SpawnResult,
} from '../../../core/index.ts';
import { createPosixSpawner, loadPosix } from '../../../core/posix.ts';

/** Both ways to make children; they pass the same tests where they can. */
export const SPAWNERS: readonly (readonly [name: string, spawner: Spawner])[] = [
  ['node:child_process', createSpawner()],
  ['posix_spawn', createPosixSpawner(loadPosix())],
];

/** A folder that other users may enter. */
export function openFolder(): { readonly path: string } & Disposable {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'tsv-spawn-')));
  chmodSync(path, 0o755);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Ran {
  readonly exit: Exit;
  readonly usage: RunUsage | undefined;
  /** stdout and stderr as one text, a character a byte. */
  readonly output: string;
  readonly pid: number;
}

/** Runs a plan to its end. @throws what a spawn without a child says. */
export async function runPlan(spawner: Spawner, plan: Partial<SpawnPlan>): Promise<Ran> {
  using folder = openFolder();
  const file = join(folder.path, 'output');
  const fd = openSync(file, 'w');
  try {
    const result = await spawnPlan(spawner, {
      stdio: [{ kind: 'null' }, { kind: 'fd', fd }, { kind: 'fd', fd }],
      ...plan,
    });
    if (result.kind === 'failed') throw new Error(result.reason);
    const { child } = result;
    const { exit, usage } = await new Promise<Pick<Ran, 'exit' | 'usage'>>((resolve) =>
      child.onExit((exit, usage) => resolve({ exit, usage })),
    );
    return { exit, usage, output: readFileSync(file, 'latin1'), pid: child.pid };
  } finally {
    closeSync(fd);
  }
}

/** Spawns a shell, where the plan does not say otherwise. */
export function spawnPlan(spawner: Spawner, plan: Partial<SpawnPlan>): Promise<SpawnResult> {
  const whole: SpawnPlan = {
    file: '/bin/sh',
    argv: ['sh'],
    env: { PATH: '/usr/bin:/bin', SUPERVISOR_PROCESS_NAME: 'p' },
    cwd: undefined,
    umask: undefined,
    identity: undefined,
    stdio: [{ kind: 'null' }, { kind: 'null' }, { kind: 'null' }],
    defer: () => undefined,
    ...plan,
  };
  return new Promise((resolve) => {
    spawner.spawn(whole, resolve);
  });
}

/** A plan that has a shell run a script. */
export const sh = (script: string): Partial<SpawnPlan> => ({ argv: ['sh', '-c', script] });

/** Compiles C; everybody may use the result. @throws where gcc is missing. */
export function gcc(result: string, source: string | Buffer, ...options: string[]): void {
  const stdio = ['pipe', 'ignore', 'ignore'] as const;
  execFileSync('gcc', [...options, '-o', result, '-x', 'c', '-'], { input: source, stdio: [...stdio] });
  chmodSync(result, 0o755);
}
