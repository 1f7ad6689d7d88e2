import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BASES = ['/run/tsvd', ...(process.env['XDG_RUNTIME_DIR'] ? [join(process.env['XDG_RUNTIME_DIR'], 'tsvd')] : [])];

/** The state folder of a daemon, by the lock in it; `undefined`: it has none, or another daemon has it now. */
export function stateFolderOf(pid: number): string | undefined {
  const folders = BASES.flatMap((base) => (existsSync(base) ? readdirSync(base).map((name) => join(base, name)) : []));
  const lockOf = (folder: string): string => join(folder, 'lock');
  const own = folders.filter((folder) => textOf(lockOf(folder)).startsWith(`${pid} `));
  // An older daemon that was killed had the same pid.
  return own.toSorted((one, other) => statSync(lockOf(other)).mtimeMs - statSync(lockOf(one)).mtimeMs)[0];
}

/** The process that holds the descriptors; 0: there is none yet. */
export function keeperOf(folder: string): number {
  const lines = textOf(join(folder, 'state')).split('\n').slice(1, -1);
  const entries = lines.map((line) => JSON.parse(line) as [key: string, value?: { pid?: number }]);
  return entries.findLast(([key]) => key === 'daemon/1 keeper')?.[1]?.pid ?? 0;
}

/** Ends what a daemon that was killed has left for the next one, where none comes. Its programs are the caller's. */
export function forgetDaemon(pid: number): void {
  const folder = stateFolderOf(pid);
  if (folder === undefined) return;
  const keeper = keeperOf(folder);
  if (keeper !== 0 && textOf(`/proc/${keeper}/cmdline`) === 'sleep\0infinity\0') process.kill(keeper, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
