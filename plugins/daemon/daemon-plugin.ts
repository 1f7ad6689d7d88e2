import {
  reasonOf,
  tsvError,
  withDeadline,
  type Cause,
  type Plugin,
  type Supervisor,
  type SupervisorConfig,
} from '../../core/index.ts';
import { loggingService, type Level, type LoggingService } from '../logging/index.ts';
import { ExitCall, interceptExit } from './exit-calls.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import { daemonService, type DaemonService, type Ending } from './service.ts';
import { ProcessSignals } from './signals.ts';

export interface DaemonOptions {
  /** Reads the configuration as it is now. Rejects, with one problem a line in the message, when it is refused. */
  readonly load: () => Promise<SupervisorConfig>;
  /**
   * Reads and checks the configuration that a restart will use, while everything still runs. Rejects when it is refused. Without it,
   * `load` is called and its answer thrown away.
   */
  readonly prepareRestart?: () => Promise<unknown>;
  /** The file that it is read from, where there is one. */
  readonly file?: string;
  /**
   * Called once, when the supervisor has ended. `exitCode`: what a plugin wanted the process to end with, by `process.exit`; else 0.
   */
  readonly onEnd: (ending: Ending, exitCode: number) => void;
  /** Where the process id is written once everything is open, and removed at the end. */
  readonly pidfile?: string | undefined;
  /** The owner of the signals of this process, where it outlives this supervisor. Without it, the plugin listens while it runs. */
  readonly signals?: ProcessSignals;
}

/**
 * The process as a daemon: its pidfile, its signals, its way to end or to begin anew, and what must never end it. It
 * answers for what only the holder of the configuration can do: re-read it, restart with it.
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

    supervisor.provide(daemonService, serviceOf(supervisor, this.#options, end));

    const reactions = {
      log,
      reopen(): void {
        const logging = supervisor.use(loggingService);
        if (logging !== undefined) logging.reopen();
        else supervisor.events.emit('log:reopened', {}); // others have files of their own
      },
      isShuttingDown: () => end.wanted === 'shutdown',
      end(ending: Ending, cause: Cause): void {
        if (ending === 'shutdown') return end.shutdown(cause);
        end.restart(cause).catch((error: unknown) => {
          for (const problem of reasonOf(error).split('\n')) log('ERRO', `not restarted: ${problem}`);
        });
      },
      survive(where: string, error: unknown): void {
        if (error instanceof ExitCall) return; // in the log already
        supervisor.events.emit('supervisor:error', { where, error });
      },
    };
    const exitCalled = (call: ExitCall): void => {
      log('CRIT', `${call.message} (${call.place})`);
      end.shutdown({ by: 'shutdown', detail: call.message }, call.code);
    };

    // From before the first hook until after the last: whatever hangs in between, signals are answered.
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

/** Longer than a configuration may take to be read (10 s each try) and all plugins together to look at it. */
const DEADLINE_MS = 180_000;

/** What clients ask of the daemon as a whole. */
function serviceOf(supervisor: Supervisor, { load, file }: DaemonOptions, end: End): DaemonService {
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
    async end(ending, cause) {
      if (ending === 'restart') await inTime('end', end.restart(cause));
      else end.shutdown(cause);
    },
  };
}

/** How one supervision ends: for good, or for a restart, and that it ends once. */
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

  /** Depends on no plugin: nothing is asked, and what is waited for has a bound. */
  shutdown(cause: Cause, exitCode = 0): void {
    this.#exitCode ||= exitCode;
    this.#begin('shutdown', cause);
  }

  /** A restart with a broken file would end in a daemon that cannot start: it is refused while everything still runs. */
  async restart(cause: Cause): Promise<void> {
    if (this.#wanted === 'shutdown') return;
    const { load, prepareRestart = load } = this.#options;
    await prepareRestart();
    await this.#opened();
    this.#begin('restart', cause);
  }

  #begin(ending: Ending, cause: Cause): void {
    if (this.#wanted === 'shutdown' || this.#wanted === ending) return; // whatever was asked first, an end for good wins
    this.#wanted = ending;
    this.#supervisor.events.emit('daemon:ending', { ending, cause });
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const over = (): void => this.#options.onEnd(this.#wanted ?? ending, this.#exitCode);
    void this.#supervisor.shutdown(cause).then(over, over);
  }

  /** What is about to open must not do so beside what comes next. Each plugin has a deadline for it. */
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
