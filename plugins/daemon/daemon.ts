import { reasonOf, type Cause, type Plugin, type Supervisor, type SupervisorConfig } from '../../core/index.ts';
import { LoggingPlugin } from '../logging/index.ts';
import { getDaemonHooks, type Ending } from './hooks.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import { listenToSignals } from './signals.ts';

export interface DaemonOptions {
  /** Reads the configuration as it is now. Rejects, with one problem a line in the message, when it is refused. */
  readonly load: () => Promise<SupervisorConfig>;
  /** The file that it is read from, where there is one. */
  readonly file?: string;
  /** Called once, when the supervisor has ended. */
  readonly onEnd: (ending: Ending) => void;
  /** Where the process id is written once everything is open, and removed at the end. */
  readonly pidfile?: string | undefined;
}

/**
 * The process as a daemon: its pidfile, its signals, its way to end or to begin anew, and what must never end it. It
 * answers for what only the holder of the configuration can do: re-read it, restart with it.
 */
export class DaemonPlugin implements Plugin {
  /** `reread`, `plan`, `update` and `end`: what clients ask of the daemon as a whole. */
  static readonly getHooks = getDaemonHooks;
  readonly name = 'daemon';
  readonly #options: DaemonOptions;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  apply(supervisor: Supervisor): void {
    const { load, onEnd, pidfile, file } = this.#options;
    const { log, reopen } = LoggingPlugin.getHooks(supervisor);
    const hooks = getDaemonHooks(supervisor);

    let wanted: Ending | undefined;
    const end = async (ending: Ending, cause: Cause): Promise<true> => {
      // A restart with a broken file would end in a daemon that cannot start: refuse it while everything still runs.
      if (ending === 'restart') await load();
      const isUnderWay = wanted !== undefined;
      if (wanted !== 'shutdown') wanted = ending; // whatever was asked first, an end for good wins
      if (!isUnderWay) void supervisor.shutdown(cause).then(() => onEnd(wanted ?? ending));
      return true;
    };
    hooks.reread.tapPromise(this.name, async () => supervisor.reread(await load()));
    hooks.plan.tapPromise(this.name, async () => ({ plan: await supervisor.plan(await load()), file }));
    hooks.update.tapPromise(this.name, async (groups, cause) =>
      supervisor.update(await load(), { cause, ...(groups !== undefined && { groups }) }),
    );
    hooks.end.tapPromise(this.name, end);

    let stopListening = (): void => undefined;
    // Before all others: a start that hangs can still be ended in order.
    supervisor.hooks.start.tap({ name: this.name, stage: -1000 }, () => {
      stopListening = listenToSignals({
        log: (level, text) => log.call(level, text),
        reopen: () => reopen.call(),
        // By way of the hook, so that whoever taps it learns of signals, too.
        end: (ending, cause) => {
          hooks.end.promise(ending, cause).catch((error: unknown) => {
            for (const problem of reasonOf(error).split('\n')) log.call('ERRO', `not restarted: ${problem}`);
          });
        },
        survive: (where, error) => supervisor.events.emit('supervisor:error', { where, error }),
      });
    });

    supervisor.events.on(
      'supervisor:state',
      ({ to }) => {
        if (to !== 'running') return;
        if (pidfile !== undefined) {
          const problem = writePidfile(pidfile, process.pid);
          if (problem !== undefined) log.call('CRIT', problem);
        }
        log.call('INFO', `supervisord started with pid ${process.pid}`);
      },
      this.name,
    );
    supervisor.hooks.shutdown.tap({ name: this.name, stage: 100 }, () => {
      stopListening();
      if (pidfile !== undefined) removePidfile(pidfile, process.pid);
    });
  }
}
