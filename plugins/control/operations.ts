import nodeProcess from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  canSignal,
  findCommand,
  isRunning,
  namespec,
  signalNamed,
  signalOfNumber,
  splitSpec,
  TsvError,
  unreachable,
  type Cause,
  type Operation,
  type Process,
  type RestartResult,
  type StopResult,
  type Supervisor,
} from '../../core/index.ts';
import { loggingService } from '../output/logging/index.ts';
import { processesOf, type Target } from './target.ts';

/** The requester, and whether the answer waits until the operation is complete or only until it was carried out. */
export interface Request {
  readonly cause: Cause;
  readonly wait: boolean;
}

/** The outcome of an operation on one process. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'noSuchName' }
  | { readonly kind: 'noSuchSignal'; readonly signal: string }
  /** The command of the process does not exist or cannot be executed. Nothing was tried. */
  | { readonly kind: 'noSuchCommand'; readonly reason: string }
  | { readonly kind: 'notExecutable'; readonly reason: string }
  | { readonly kind: 'alreadyRunning' }
  | { readonly kind: 'notRunning' }
  /** The start failed; the policy may try again. */
  | { readonly kind: 'startFailed' }
  /** It was stopped before it was up. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly reason: string };

/** The outcome for one process. */
export interface Result {
  readonly group: string;
  readonly name: string;
  /** The name of the process in messages: as the caller gave it, or its shortest name if it was one of several. */
  readonly spec: string;
  readonly outcome: Outcome;
}

/**
 * A restart has up to two results for a process: a stop if it ran or was named itself, and a start if it could be
 * stopped.
 */
export interface RestartResults {
  readonly stopped: readonly Result[];
  readonly started: readonly Result[];
}

/**
 * The operations that clients request, decided once for every interface: which processes they apply to, in which order,
 * what they wait for and how they can fail. A process that is named itself always has a result. For a group, or for
 * everything, an operation takes the processes that it applies to. A failure of one does not affect the others, and
 * results come in the order in which they were known.
 */
export class Operations {
  readonly #supervisor: Supervisor;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /** The daemon is shutting down: requests to change processes are refused. */
  get isEnding(): boolean {
    return this.#supervisor.state === 'stopping' || this.#supervisor.state === 'stopped';
  }

  /** Starts the processes that do not run, each after the one before it was spawned. */
  start(target: Target, request: Request): Promise<readonly Result[]> {
    return this.#perform(target, {
      appliesTo: ({ state }) => !isRunning(state),
      // A process that was replaced since the list was made is started in its current form.
      begin: (process, spec) => {
        const current = this.#supervisor.find(`${process.group}:${process.name}`) ?? process;
        return start(current, spec, request);
      },
    });
  }

  /** Stops the processes that run or wait to be started again, all at the same time. */
  stop(target: Target, request: Request): Promise<readonly Result[]> {
    return this.#perform(target, {
      appliesTo: ({ isStoppable }) => isStoppable,
      begin: (process) => ({ issued: Promise.resolve(), done: stop(process, request) }),
    });
  }

  /** Sends a signal, by name or number, to the processes that can receive one. */
  signal(target: Target, signal: string): Promise<readonly Result[]> {
    return this.#perform(target, {
      appliesTo: ({ state }) => canSignal(state),
      begin: (process) => settled(send(process, signal)),
    });
  }

  /** Empties the logs of processes. They may be running, and continue to write to them. */
  clearLogs(target: Target): Promise<readonly Result[]> {
    const logging = this.#supervisor.use(loggingService);
    const clear = ({ view }: Process, spec: string): Outcome => {
      for (const channel of ['stdout', 'stderr'] as const) {
        const kind = logging?.childLog(view, channel)?.clear().kind;
        if (kind === 'failed') return { kind, reason: spec };
      }
      return DONE;
    };
    return this.#perform(target, { appliesTo: () => true, begin: (process, spec) => settled(clear(process, spec)) });
  }

  /**
   * Stops all of these processes, then starts them, in the order of the targets. None starts before all of them are
   * down. A process that cannot be stopped is not started. Without `wait` the results are those of the stops, once all
   * signals were sent; if nothing ran, those of the starts, once all were spawned.
   */
  async restart(targets: readonly Target[], { cause, wait }: Request): Promise<RestartResults> {
    let allDown = (): void => undefined;
    let turn: Promise<unknown> = new Promise<void>((resolve) => (allDown = resolve));
    const restarts: Restart[] = [];
    for (const { process, ...named } of this.#named(targets)) {
      const mine = turn;
      turn = mine.then(() => nextTurn());
      restarts.push({ ...named, ...(process === undefined ? NO_SUCH_NAME : restart(process, cause, mine)) });
      await nextTurn();
    }
    void Promise.all(restarts.map(({ stopped }) => stopped)).then(allDown);
    const ran = restarts.filter(({ isNamed, wasUp }) => isNamed || wasUp);
    const isBegun = !wait && restarts.some(({ wasUp }) => wasUp);
    return {
      stopped: await resultsOf(ran, ({ begun, stopped, wasUp }) => (isBegun && wasUp ? begun : stopped)),
      started: isBegun ? [] : await resultsOf(restarts, ({ begun, started }) => (wait ? started : begun)),
    };
  }

  /** Each process once. An unknown name adds none. */
  #named(targets: readonly Target[]): Named[] {
    const known = new Set<Process>();
    return targets.flatMap((target): Named[] => {
      if (target.kind === 'unknown') return [{ process: undefined, isNamed: true, ...partsOf(target.spec) }];
      const processes = processesOf(this.#supervisor, target).filter((process) => !known.has(process));
      for (const process of processes) known.add(process);
      return processes.map((process) => ({ process, isNamed: target.kind === 'process', ...nameIn(target, process) }));
    });
  }

  async #perform(target: Target, { appliesTo, begin }: Action): Promise<readonly Result[]> {
    if (target.kind === 'unknown') return [{ ...partsOf(target.spec), outcome: { kind: 'noSuchName' } }];
    const results: Result[] = [];
    const pending: Promise<unknown>[] = [];
    for (const process of processesOf(this.#supervisor, target)) {
      if (target.kind !== 'process' && !appliesTo(process)) continue;
      const named = nameIn(target, process);
      const { issued, done } = begin(process, named.spec);
      pending.push(done.then((outcome) => results.push({ ...named, outcome })));
      await issued;
      if (target.kind !== 'process') await nextTurn(); // other requests are served between two spawns
    }
    await Promise.all(pending);
    return results;
  }
}

/** An operation on each of several processes. */
interface Action {
  readonly appliesTo: (process: Process) => boolean;
  /** The next process begins when this one is `issued`. */
  readonly begin: (process: Process, spec: string) => Operation<Outcome>;
}

type Named = Omit<Result, 'outcome'> & { readonly isNamed: boolean; readonly process: Process | undefined };

type Restart = Omit<Named, 'process'> & Restarting;

function nameIn(target: Target, process: Process): Omit<Result, 'outcome'> {
  const spec = target.kind === 'process' ? target.spec : namespec(process);
  return { group: process.group, name: process.name, spec };
}

function partsOf(spec: string): Omit<Result, 'outcome'> {
  const [group, name] = splitSpec(spec);
  return { group, name, spec };
}

async function resultsOf(
  restarts: readonly Restart[],
  outcomeOf: (restart: Restart) => Promise<Outcome | undefined>,
): Promise<Result[]> {
  const outcomes = await Promise.all(restarts.map(outcomeOf));
  return restarts.flatMap(({ group, name, spec }, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [{ group, name, spec, outcome }];
  });
}

const NO_SUCH_NAME: Restarting = {
  wasUp: false,
  stopped: Promise.resolve({ kind: 'noSuchName' }),
  begun: Promise.resolve({ kind: 'noSuchName' }),
  started: Promise.resolve({ kind: 'noSuchName' }),
};

/** The restart of one process. */
interface Restarting {
  readonly wasUp: boolean;
  readonly stopped: Promise<Outcome>;
  /** Resolves once the stop signal was sent, or the child was spawned if nothing ran. */
  readonly begun: Promise<Outcome>;
  /** `undefined`: it could not be stopped. */
  readonly started: Promise<Outcome | undefined>;
}

/** Starts a process that does not run. `spec`: the name of the process in messages. */
function start(process: Process, spec: string, { cause, wait }: Request): Operation<Outcome> {
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

async function stop(process: Process, { cause, wait }: Request): Promise<Outcome> {
  if (!process.isStoppable) return { kind: 'notRunning' };
  const { issued, done } = process.stop(cause);
  await issued;
  return failureOfStop(process) ?? (wait ? stopOutcome(await done) : DONE);
}

/** `turn`: resolves when the start may begin. */
function restart(process: Process, cause: Cause, turn: Promise<unknown>): Restarting {
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
function send(process: Process, given: string): Outcome {
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

const DONE: Outcome = { kind: 'done' };

/** An operation that is complete at once. */
function settled(outcome: Outcome): Operation<Outcome> {
  return { issued: Promise.resolve(), done: Promise.resolve(outcome) };
}

/**
 * Reads a signal as clients write it: `HUP`, `sighup`, `1` or `RTMIN+1`; `undefined` if there is none. Supervisor:
 * datatypes.py signal_number.
 */
export function signalOf(given: string): NodeJS.Signals | undefined {
  const word = given.trim();
  return /^[+-]?\d+$/.test(word) ? signalOfNumber(Number(word)) : signalNamed(word);
}

/** The cause of a client's request. `user`: the authenticated user. */
export function clientCause(what: string, user: string | undefined): Cause {
  return { by: 'client', detail: user === undefined ? what : `${what} by ${user}` };
}
