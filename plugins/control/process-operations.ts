import nodeProcess from 'node:process';
import {
  canSignal,
  findCommand,
  isRunning,
  TsvError,
  unreachable,
  type Cause,
  type Operation,
  type Process,
  type RestartResult,
  type StopResult,
} from '../../core/index.ts';
import { DONE, settled, type Outcome } from './outcome.ts';
import type { Request } from './request.ts';
import { signalOf } from './signals.ts';

/** The restart of one process. */
export interface Restarting {
  readonly wasUp: boolean;
  readonly stopped: Promise<Outcome>;
  /** Resolves once the stop signal was sent, or the child was spawned if nothing ran. */
  readonly begun: Promise<Outcome>;
  /** `undefined`: it could not be stopped. */
  readonly started: Promise<Outcome | undefined>;
}

/** Starts a process that does not run. `spec`: the name of the process in messages. */
export function start(process: Process, spec: string, { cause, wait }: Request): Operation<Outcome> {
  const fault = commandFault(process);
  if (fault !== undefined) return settled(fault);
  if (isRunning(process.state)) return settled({ kind: 'alreadyRunning' });
  if (process.state === 'UNKNOWN') {
    return settled({ kind: 'failed', reason: `${spec} is in an unknown process state` });
  }
  const { issued, done } = process.start(cause);
  const failure = issued.then(() => failureOfStart(process));
  return { issued, done: failure.then(async (failed) => failed ?? (wait ? startOutcome(await done) : DONE)) };
}

export async function stop(process: Process, { cause, wait }: Request): Promise<Outcome> {
  if (!process.isStoppable) return { kind: 'notRunning' };
  const { issued, done } = process.stop(cause);
  await issued;
  return failureOfStop(process) ?? (wait ? stopOutcome(await done) : DONE);
}

/** `turn`: resolves when the start may begin. */
export function restart(process: Process, cause: Cause, turn: Promise<unknown>): Restarting {
  const wasUp = process.isStoppable || process.state === 'STOPPING';
  let refusal: Outcome | undefined;
  const confirm = async (): Promise<boolean> => {
    await turn;
    refusal = commandFault(process);
    return refusal === undefined;
  };
  const { issued, stopped, done } = process.restart(cause, { confirm });
  return {
    wasUp,
    stopped: stopped.then(stopOutcome),
    begun: issued.then(() => refusal ?? (wasUp ? failureOfStop(process) : failureOfStart(process)) ?? DONE),
    started: done.then((result) => (result.kind === 'notStopped' ? undefined : (refusal ?? startOutcome(result)))),
  };
}

/** The failure of a start that failed immediately. */
function failureOfStart({ isRemoved, state }: Process): Outcome | undefined {
  if (isRemoved) return { kind: 'noSuchName' };
  return state === 'BACKOFF' || state === 'FATAL' ? { kind: 'startFailed' } : undefined;
}

/** The failure of a stop whose signal could not be sent. */
function failureOfStop({ state, view }: Process): Outcome | undefined {
  return state === 'UNKNOWN' ? { kind: 'failed', reason: view.spawnerr } : undefined;
}

function startOutcome(result: Exclude<RestartResult, { kind: 'notStopped' }>): Outcome {
  switch (result.kind) {
    case 'running':
      return DONE;
    case 'failed':
      return { kind: 'startFailed' };
    case 'removed':
      return { kind: 'noSuchName' };
    case 'alreadyRunning':
    case 'interrupted':
      return result;
    default:
      return unreachable(result);
  }
}

function stopOutcome(result: StopResult): Outcome {
  return result.kind === 'stopped' ? DONE : result;
}

/** Sends a signal, by name or number. */
export function send(process: Process, given: string): Outcome {
  const signal = signalOf(given);
  if (signal === undefined) return { kind: 'noSuchSignal', signal: given };
  if (!canSignal(process.state)) return { kind: 'notRunning' };
  const result = process.signal(signal);
  return result.kind === 'sent' ? DONE : result;
}

/** Checked before anything changes: a command that cannot run is a separate fault, not a failed start. */
function commandFault({ config }: Process): Outcome | undefined {
  try {
    findCommand(config, { PATH: config.environment['PATH'] ?? nodeProcess.env['PATH'] });
    return undefined;
  } catch (error) {
    if (!(error instanceof TsvError)) throw error;
    const kind = error.code === 'TSV_COMMAND_NOT_FOUND' ? 'noSuchCommand' : 'notExecutable';
    return { kind, reason: error.message };
  }
}
