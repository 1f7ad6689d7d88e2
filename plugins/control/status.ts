import { describeCause, describeExit, type Cause, type ProcessView } from '../../core/index.ts';
import { gaveUp } from '../policy/autorestart/index.ts';

/** Why a process is in its state, as one sentence without a full stop. */
export function stateReason(view: ProcessView): string {
  const { state, cause, tries, exit, spawnerr } = view;
  switch (state) {
    case 'STARTING':
      if (tries > 0) return `try ${tries + 1}, after ${failedStarts(tries)}`;
      return `has to stay up for ${view.config.startsecs} s; ${startWords(cause)}`;
    case 'RUNNING':
      return startWords(cause);
    case 'BACKOFF':
      return `${lastEnd(view)}; ${failedStarts(tries)}, will be tried again`;
    case 'FATAL':
      return `${lastEnd(view)}; ${gaveUp(tries)}`;
    case 'EXITED':
      return [exit && describeExit(exit), spawnerr === '' ? undefined : 'not expected'].filter(Boolean).join(', ');
    case 'STOPPING':
      return `is asked to stop (${describeCause(cause)})`;
    case 'STOPPED':
      return view.startedAt === 0 ? 'not started' : `stopped (${describeCause(cause)})`;
    case 'UNKNOWN':
      return spawnerr;
  }
}

function startWords(cause: Cause): string {
  if (cause.by === 'boot') return 'started with the daemon';
  if (cause.by === 'child') return cause.detail === undefined ? 'started again' : `started again after ${cause.detail}`;
  return `started (${describeCause(cause)})`;
}

/** `exit status 3, too quickly`: Supervisor's words for it do not say how the child ended. */
function lastEnd({ spawnerr, exit, cause }: ProcessView): string {
  if (spawnerr.startsWith('Exited too quickly') && cause.by === 'child' && cause.detail !== undefined)
    return `${cause.detail}, too quickly`;
  return spawnerr || (exit === undefined ? 'unknown error' : describeExit(exit));
}

function failedStarts(count: number): string {
  return `${count} failed start${count === 1 ? '' : 's'}`;
}
