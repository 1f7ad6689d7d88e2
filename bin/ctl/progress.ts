import { type ProcessInfo } from '../../plugins/control/client/index.ts';
import { namespec, pause } from '../../core/index.ts';
import { type Target } from './process-names.ts';
import { isDown } from './process-table.ts';
import type { Session } from './session.ts';

/** The subject of a long operation. */
export interface Goal {
  readonly kind: 'starting' | 'stopping' | 'restarting';
  /** One or several; `undefined`: all processes. */
  readonly target: Target | readonly Target[] | undefined;
}

/** Quick operations show no progress. */
const PATIENCE_MS = 1_000;
const LOOK_MS = 500;

/** Runs the work, and shows people what it still waits for. Scripts see nothing. */
export async function withProgress<T>(session: Session, goal: Goal, work: () => Promise<T>): Promise<T> {
  if (!session.terminal.showsProgress) return await work();
  const over = new AbortController();
  const shown = showProgress(session, goal, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await shown;
    session.terminal.showProgress(undefined);
  }
}

async function showProgress(session: Session, goal: Goal, over: AbortSignal): Promise<void> {
  const begun = session.clock.now();
  await pause(session.clock, PATIENCE_MS, over);
  while (!over.aborted) {
    // The work itself reports problems with the daemon.
    const infos = await Promise.race([session.daemon.processes().catch(() => []), aborted(over)]);
    const line = describeProgress(goal, infos, session.clock.now() - begun);
    if (!over.aborted && line !== undefined) session.terminal.showProgress(line);
    await pause(session.clock, LOOK_MS, over);
  }
}

function aborted(signal: AbortSignal): Promise<readonly []> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve([]), { once: true }));
}

/** `stopping 200 processes: 12 are left, web:1, web:2, ... (3 s)`; `undefined` when none is left. */
export function describeProgress(goal: Goal, infos: readonly ProcessInfo[], elapsedMs: number): string | undefined {
  const concerned = infos.filter((info) => isConcerned(info, goal.target));
  const kind = goal.kind === 'restarting' ? phaseOf(concerned) : goal.kind;
  const left = concerned.filter((info) => isLeft(info, kind));
  if (left.length === 0) return undefined;
  const names = left.slice(0, NAMED).map((info) => namespec(info));
  const list = [...names, ...(left.length > NAMED ? ['...'] : [])].join(', ');
  const count = concerned.length === 1 ? '' : ` ${concerned.length} processes, ${left.length} left`;
  return `${kind}${count}: ${list} (${Math.floor(elapsedMs / 1000)} s)`;
}

const NAMED = 8;

function isConcerned(info: ProcessInfo, target: Goal['target']): boolean {
  if (target === undefined) return true;
  const targets = 'group' in target ? [target] : target;
  return targets.some(({ group, process }) => info.group === group && (process ?? info.name) === info.name);
}

/** A restart stops all before it starts any. */
function phaseOf(infos: readonly ProcessInfo[]): 'starting' | 'stopping' {
  return infos.some(({ statename }) => statename === 'STOPPING') ? 'stopping' : 'starting';
}

function isLeft(info: ProcessInfo, kind: 'starting' | 'stopping'): boolean {
  return kind === 'stopping' ? !isDown(info) : info.statename === 'STARTING' || info.statename === 'BACKOFF';
}
