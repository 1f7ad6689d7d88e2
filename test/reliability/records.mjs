// What the children have recorded about themselves (child.c says how), one run each.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalName } from './signal-names.mjs';

/**
 * All runs of all programs, by `PID START`.
 * `told`, `broken`, `end`: what the run has recorded before it ended; absent otherwise. `status`: how it ended, if it is known.
 */
export function readRuns(folder, programs) {
  const runs = new Map();
  for (const { name } of programs) {
    const file = join(folder, 'records', name);
    if (!existsSync(file)) continue;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [kind, pid, start, ...rest] = line.split(' ');
      if (kind === '') continue;
      const key = `${pid} ${start}`;
      if (kind === 'start') runs.set(key, { name, pid: Number(pid), start: BigInt(start), isDouble: false });
      else record(runs.get(key), kind, rest);
    }
  }
  return runs;
}

function record(run, kind, [at, wallMs, how, value]) {
  switch (kind) {
    case 'double':
      run.isDouble = true;
      return;
    case 'told':
      run.told = { at: BigInt(at), wallMs: Number(wallMs) };
      run.status = 'exit 0';
      return;
    case 'broken':
      run.broken = { at: BigInt(at), wallMs: Number(wallMs) };
      run.status = 'SIGPIPE';
      return;
    case 'end':
      run.end = { at: BigInt(at), wallMs: Number(wallMs) };
      run.status = how === 'exit' ? `exit ${value}` : signalName(value);
      return;
    default:
      throw new Error(`unknown record: ${kind}`);
  }
}

/**
 * Runs that ended although nobody asked for it, each with the reason. Only the harness asks, from `stopAt` on.
 * `alive`: pids that were found after the end of the daemon.
 */
export function lostRuns(runs, stopAt, alive) {
  return [...runs.values()]
    .map((run) => ({ name: run.name, pid: run.pid, reason: lossOf(run, stopAt, alive) }))
    .filter(({ reason }) => reason !== undefined);
}

function lossOf(run, stopAt, alive) {
  if (run.end !== undefined) return undefined;
  if (run.broken !== undefined) return 'its output was broken (EPIPE)';
  if (run.told !== undefined) return run.told.at < stopAt ? 'got SIGTERM or SIGINT' : undefined;
  return alive.has(run.pid) ? undefined : 'was killed';
}
