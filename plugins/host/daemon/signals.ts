import { constants } from 'node:os';
import type { Cause } from '../../../core/index.ts';
import type { Ending } from './service.ts';

/** How a supervision handles signals and uncaught errors. */
export interface SignalReactions {
  readonly log: (level: 'WARN' | 'INFO' | 'DEBG', text: string) => void;
  readonly reopen: () => void;
  /** Whether a plugin has taken this signal, and acted on it. */
  readonly isTaken: (signal: string) => boolean;
  readonly end: (ending: Ending, cause: Cause) => void;
  /** A shutdown is in progress: a restart is refused. */
  readonly isShuttingDown: () => boolean;
  /** Reported only: the children need the daemon, even after an uncaught error. */
  readonly survive: (where: string, error: unknown) => void;
}

/** `count`: how often this signal has arrived. */
type Reaction = (to: SignalReactions, signal: string, count: number) => void;

/**
 * The handling of every signal that ends a process by default, that Node treats specially, or that plugins may take.
 * Supervisor: supervisord.py handle_signal. Not included: SIGKILL and SIGSTOP, which cannot be handled; SIGSEGV, SIGBUS, SIGFPE,
 * SIGILL and SIGABRT, after which nothing can be trusted (systemd's watchdog uses SIGABRT to end the process); SIGTSTP,
 * SIGTTIN and SIGTTOU, by which a terminal stops the foreground; SIGPIPE, which Node ignores. docs/signals.md is for
 * users.
 */
const DECISIONS: Readonly<Record<string, Reaction>> = {
  SIGTERM: exit,
  SIGINT: exit,
  SIGQUIT: exit,
  /** A power failure; LXC sends it to shut down a container. */
  SIGPWR: exit,
  /**
   * The CPU time limit is reached. SIGKILL follows at the hard limit, so this is the time to stop programs in order.
   */
  SIGXCPU: exit,
  SIGHUP: restart,
  SIGUSR2(to, signal) {
    to.log('INFO', `received ${signal} indicating log reopen request`);
    to.reopen();
  },
  SIGCHLD(to, signal) {
    to.log('DEBG', `received ${signal} indicating a child quit`);
  },
  /**
   * Without a handler, Node opens its debugger to everybody on the machine. Log rotation written for nginx sends this
   * signal.
   */
  SIGUSR1(to, signal, count) {
    if (isToSay(count))
      to.log('WARN', `received ${signal} indicating nothing; logs are reopened by SIGUSR2${soFar(count)}`);
  },
  // A log that reaches `ulimit -f` fails with EFBIG at its write. A log line here would be the next write to fail.
  SIGXFSZ: () => undefined,
  // These end nothing by default, and terminals send them often. They are for plugins.
  SIGWINCH: () => undefined,
  SIGURG: () => undefined,
  SIGCONT: () => undefined,
  SIGALRM: ignore,
  SIGVTALRM: ignore,
  SIGPROF: ignore,
  SIGIO: ignore,
  SIGSTKFLT: ignore,
  SIGSYS: ignore,
  SIGTRAP: ignore,
};

/** Before anything runs, these have their default effect, even if a configuration blocks the event loop. */
const LATER: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGPWR', 'SIGXCPU']);

/** The number of faults that are kept while no supervision is attached. Restarts are short: more faults mean a loop. */
const MOST_FAULTS = 100;

/**
 * The owner of all signals for the whole life of the process, created in its first line. Supervisions attach to it one
 * after the other. Signals that arrive while none is attached, in the middle of a restart, wait for the next one.
 */
export class ProcessSignals {
  readonly #undo: (() => void)[] = [];
  /** In the order of arrival, each once. */
  readonly #held = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #faults: { readonly where: string; readonly error: unknown }[] = [];
  #reactions: SignalReactions | undefined;
  #hasRun = false;

  constructor() {
    for (const signal of signals()) if (!LATER.has(signal)) this.#listen(signal);
  }

  /**
   * Passes signals to this supervision, first those that waited. Returns a function that detaches it; then signals wait
   * for the next one.
   */
  attach(reactions: SignalReactions): () => void {
    if (!this.#hasRun) this.#begin();
    this.#reactions = reactions;
    for (const { where, error } of this.#faults.splice(0)) reactions.survive(where, error);
    const held = [...this.#held];
    this.#held.clear();
    for (const signal of held) this.#received(signal);
    return () => {
      if (this.#reactions === reactions) this.#reactions = undefined;
    };
  }

  /** Restores the default handling. Not for a daemon, which handles signals until it exits. */
  close(): void {
    for (const off of this.#undo.splice(0)) off();
  }

  #begin(): void {
    this.#hasRun = true;
    for (const signal of signals()) if (LATER.has(signal)) this.#listen(signal);
    this.#on('uncaughtException', (error) => this.#failed('uncaught exception', error));
    this.#on('unhandledRejection', (error) => this.#failed('unhandled rejection', error));
  }

  #listen(signal: string): void {
    this.#on(signal, () => this.#received(signal));
  }

  #on(event: string, listener: (...args: unknown[]) => void): void {
    process.on(event, listener);
    this.#undo.push(() => process.off(event, listener));
  }

  #received(signal: string): void {
    if (this.#reactions === undefined) {
      this.#held.add(signal);
      return;
    }
    const count = (this.#counts.get(signal) ?? 0) + 1;
    this.#counts.set(signal, count);
    if (!this.#reactions.isTaken(signal)) DECISIONS[signal]?.(this.#reactions, signal, count);
  }

  #failed(where: string, error: unknown): void {
    if (this.#reactions !== undefined) this.#reactions.survive(where, error);
    else if (this.#faults.length < MOST_FAULTS) this.#faults.push({ where, error });
  }
}

/** The signals of this platform. V8 uses SIGPROF while profiling. */
function signals(): string[] {
  const isProfiled = process.execArgv.some((argument) => argument.startsWith('--cpu-prof'));
  return Object.keys(DECISIONS).filter(
    (signal) => Object.hasOwn(constants.signals, signal) && !(signal === 'SIGPROF' && isProfiled),
  );
}

function exit(to: SignalReactions, signal: string): void {
  to.log('WARN', `received ${signal} indicating exit request`);
  to.end('shutdown', { by: 'shutdown', detail: signal });
}

function restart(to: SignalReactions, signal: string): void {
  if (to.isShuttingDown()) {
    to.log('WARN', `ignored ${signal} indicating restart request (shutdown in progress)`);
    return;
  }
  to.log('WARN', `received ${signal} indicating restart request`);
  to.end('restart', { by: 'client', detail: signal });
}

function ignore(to: SignalReactions, signal: string, count: number): void {
  if (isToSay(count)) to.log('INFO', `received ${signal} indicating nothing${soFar(count)}`);
}

/** A program of the daemon's own user may send thousands per second: report the first ones, then each power of ten. */
function isToSay(count: number): boolean {
  return count <= 10 || Number.isInteger(Math.log10(count));
}

function soFar(count: number): string {
  return count <= 10 ? '' : ` (${count} times so far)`;
}
