import {
  reasonOf,
  tsvError,
  withDeadline,
  type Cause,
  type Plugin,
  type Supervisor,
  type SupervisorConfig,
} from '../../../core/index.ts';
import {
  getPersistHooks,
  persistError,
  stateFolderService,
  type HandOver,
  type StateFolder,
} from '../persist/index.ts';
import { loggingService, type Level, type LoggingService } from '../../output/logging/index.ts';
import { ExitCall, interceptExit } from './exit-calls.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import { daemonService, signalsService, type DaemonService, type Ending } from './service.ts';
import { ProcessSignals } from './signals.ts';

export interface DaemonOptions {
  /** Reads the current configuration. Rejects if it is refused, with one problem per line in the message. */
  readonly load: () => Promise<SupervisorConfig>;
  /**
   * Reads and checks the configuration that a restart will use, while everything still runs. Rejects if it is refused.
   * Default: `load`, with the result dropped.
   */
  readonly prepareRestart?: () => Promise<unknown>;
  /** The file that it is read from, where there is one. */
  readonly file?: string;
  /**
   * Called once, when the supervisor has stopped. `exitCode`: the exit status that a plugin requested with
   * `process.exit`; else 0.
   */
  readonly onEnd: (ending: Ending, exitCode: number) => void;
  /** Where the process id is written once everything is open, and removed at the end. */
  readonly pidfile?: string | undefined;
  /**
   * The owner of this process's signals, if it outlives this supervisor. Without it, the plugin handles signals while
   * it runs.
   */
  readonly signals?: ProcessSignals;
  /** The state folder, which no other daemon uses. */
  readonly stateFolder?: StateFolder | undefined;
  /** How this process becomes another version of the daemon; `undefined`: it cannot. */
  readonly upgrade?: Upgrade | undefined;
}

export interface Upgrade {
  /** Tries the new version, in a process of its own. Rejects with what is wrong with it. */
  readonly prepare: () => Promise<void>;
  readonly begin: () => Becoming;
}

interface Becoming extends HandOver {
  /** Becomes it, with what was kept. Throws where the system refuses. */
  become(): never;
}

/**
 * The process as a daemon: its pidfile, its signals, shutdown and restart, and protection against code that would end
 * it. It does what only the owner of the configuration can do: re-read it, and restart with it.
 */
export class DaemonPlugin implements Plugin {
  readonly name = 'daemon';
  readonly #options: DaemonOptions;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  apply(supervisor: Supervisor): void {
    const { pidfile } = this.#options;
    const log = (level: Level, text: string): void => supervisor.use(loggingService)?.log(level, text);
    const end = new End(supervisor, this.#options);

    const takers = new Map<string, () => void>();

    supervisor.provide(daemonService, serviceOf(supervisor, this.#options, end));
    if (this.#options.stateFolder !== undefined) {
      supervisor.provide(stateFolderService, this.#options.stateFolder);
    }
    supervisor.provide(signalsService, { take: (signal, listener) => void takers.set(signal, listener) });

    const reactions = {
      log,
      reopen(): void {
        const logging = supervisor.use(loggingService);
        if (logging !== undefined) logging.reopen();
        else supervisor.events.emit('log:reopened', {}); // other plugins have their own files
      },
      isTaken(signal: string): boolean {
        takers.get(signal)?.();
        return takers.has(signal);
      },
      isShuttingDown: () => end.wanted === 'shutdown',
      end(ending: Ending, cause: Cause): void {
        if (ending === 'shutdown') return end.shutdown(cause);
        end.restart(cause).catch((error: unknown) => {
          for (const problem of reasonOf(error).split('\n')) log('ERRO', `not restarted: ${problem}`);
        });
      },
      survive(where: string, error: unknown): void {
        if (error instanceof ExitCall) return; // already logged
        supervisor.events.emit('supervisor:error', { where, error });
      },
    };
    const exitCalled = (call: ExitCall): void => {
      log('CRIT', `${call.message} (${call.place})`);
      end.shutdown({ by: 'shutdown', detail: call.message }, call.code);
    };

    // From before the first hook until after the last: signals are handled whatever hangs in between.
    let letGo = (): void => undefined;
    supervisor.events.on(
      'supervisor:state',
      ({ to }) => {
        if (to === 'starting') letGo = holdProcess(this.#options.signals, reactions, exitCalled);
        if (to === 'running') started(pidfile, log);
        if (to === 'stopped') letGo();
      },
      this.name,
    );
    supervisor.hooks.shutdown.tap({ name: this.name, stage: 100 }, () => {
      if (pidfile !== undefined) removePidfile(pidfile, process.pid);
    });
  }
}

/** Longer than a configuration may take to be read (10 s per attempt) and checked by all plugins. */
const DEADLINE_MS = 180_000;

/** Client requests to the daemon as a whole. */
function serviceOf(supervisor: Supervisor, { load, file, upgrade }: DaemonOptions, end: End): DaemonService {
  const { clock } = supervisor;
  const inTime = <Answer>(call: string, answer: Promise<Answer>): Promise<Answer> => {
    const late = (): Error => tsvError('TSV_SERVICE_DEADLINE', ['daemon', call, DEADLINE_MS]);
    return withDeadline(answer, { clock, deadlineMs: DEADLINE_MS, late });
  };
  const reread = async () => supervisor.reread(await load());
  const plan = async () => ({ plan: await supervisor.plan(await load()), file });
  return {
    reread: () => inTime('reread', reread()),
    plan: () => inTime('plan', plan()),
    update: async (groups, cause) =>
      supervisor.update(await load(), { cause, ...(groups !== undefined && { groups }) }),
    async upgrade() {
      if (upgrade === undefined) throw persistError('TSV_UPGRADE_IMPOSSIBLE', []);
      if (end.wanted !== undefined) throw persistError('TSV_UPGRADE_ENDING', []);
      await inTime('upgrade', upgrade.prepare());
      setImmediate(() => void handOver(supervisor, upgrade)); // the answer is on its way first
    },
    async end(ending, cause, exitCode) {
      if (ending === 'restart') await inTime('end', end.restart(cause));
      else end.shutdown(cause, exitCode);
    },
  };
}

/**
 * Becomes another version. What was handed over is not taken back: where the system refuses, this process ends as by a kill, and its
 * programs wait for the next daemon.
 */
async function handOver(supervisor: Supervisor, upgrade: Upgrade): Promise<void> {
  const becoming = upgrade.begin();
  await getPersistHooks(supervisor).handOver.promise(becoming);
  try {
    becoming.become();
  } catch (error) {
    supervisor
      .use(loggingService)
      ?.log('CRIT', `cannot become the new version: ${reasonOf(error)}; the next tsvd goes on`);
    process.kill(process.pid, 'SIGKILL');
  }
}

/** How one supervision ends: shutdown or restart, and only once. */
class End {
  readonly #supervisor: Supervisor;
  readonly #options: DaemonOptions;
  #wanted: Ending | undefined;
  #exitCode = 0;
  #isUnderWay = false;

  constructor(supervisor: Supervisor, options: DaemonOptions) {
    this.#supervisor = supervisor;
    this.#options = options;
  }

  get wanted(): Ending | undefined {
    return this.#wanted;
  }

  /** Depends on no plugin: no hook is called, and every wait has a bound. */
  shutdown(cause: Cause, exitCode = 0): void {
    this.#exitCode ||= exitCode;
    this.#begin('shutdown', cause);
  }

  /** A restart with a broken file would leave a daemon that cannot start. It is refused while everything still runs. */
  async restart(cause: Cause): Promise<void> {
    if (this.#wanted === 'shutdown') return;
    const { load, prepareRestart = load } = this.#options;
    await prepareRestart();
    await this.#opened();
    this.#begin('restart', cause);
  }

  #begin(ending: Ending, cause: Cause): void {
    if (this.#wanted === 'shutdown' || this.#wanted === ending) return; // a shutdown always wins over a restart
    this.#wanted = ending;
    this.#supervisor.events.emit('daemon:ending', { ending, cause });
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const over = (): void => this.#options.onEnd(this.#wanted ?? ending, this.#exitCode);
    void this.#supervisor.shutdown(cause).then(over, over);
  }

  /** Plugins that are still opening must not overlap with what comes next. Each has a deadline. */
  #opened(): Promise<void> {
    const { events, state } = this.#supervisor;
    if (state !== 'starting') return Promise.resolve();
    return new Promise((resolve) => {
      const off = events.on('supervisor:state', () => {
        off();
        resolve();
      });
    });
  }
}

/** Takes over signals and calls of `process.exit`. Returns the undo. */
function holdProcess(
  owner: ProcessSignals | undefined,
  reactions: Parameters<ProcessSignals['attach']>[0],
  called: (call: ExitCall) => void,
): () => void {
  const signals = owner ?? new ProcessSignals();
  const detach = signals.attach(reactions);
  const restore = interceptExit({ instead: 'the daemon shuts down in order instead', called });
  return () => {
    restore();
    detach();
    if (owner === undefined) signals.close();
  };
}

function started(pidfile: string | undefined, log: LoggingService['log']): void {
  if (pidfile !== undefined) {
    const problem = writePidfile(pidfile, process.pid);
    if (problem !== undefined) log('CRIT', problem);
  }
  log('INFO', `supervisord started with pid ${process.pid}`);
}
