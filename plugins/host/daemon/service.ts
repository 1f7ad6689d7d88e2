import { service, type Cause, type Reload, type ReloadPlan, type UpdateResult } from '../../../core/index.ts';

/** How the daemon can end: shutdown, or restart with the then current configuration. */
export type Ending = 'shutdown' | 'restart';

/** What an update would do, and the file of the configuration, if there is one. */
interface NewPlan {
  readonly plan: ReloadPlan;
  readonly file: string | undefined;
}

export interface DaemonService {
  /**
   * Reads the configuration again and compares. Rejects if it is refused, with all problems in the message, and after 3
   * min with TSV_SERVICE_DEADLINE.
   */
  reread(cause: Cause): Promise<Reload>;
  /** What an `update` would do now, process by process; nothing is stored. Rejects as `reread` does. */
  plan(): Promise<NewPlan>;
  /**
   * Reads the configuration again and applies it; without group names, all of it. Rejects if it is refused, and with
   * TSV_UNKNOWN_NAME; then nothing has changed. No deadline: it takes as long as the stops that it includes, which are
   * bounded.
   */
  update(groups: readonly string[] | undefined, cause: Cause): Promise<UpdateResult>;
  /**
   * Has this process become the version of tsvd that is installed now. Programs are not touched. Resolves once that version has been
   * tried: it has loaded the configuration, and can read the state. Rejects with what is wrong with it, then everything continues
   * as before; with TSV_UPGRADE_IMPOSSIBLE where there is no state (reduced mode), and TSV_UPGRADE_ENDING.
   */
  upgrade(): Promise<void>;
  /**
   * Ends the daemon. Resolves once accepted; the shutdown itself follows. Rejects if the configuration for a restart is
   * broken, and after 3 min with TSV_SERVICE_DEADLINE; then everything continues as before. `exitCode`: of the daemon
   * after a shutdown; 0 by default. The first one that is not 0 counts.
   */
  end(ending: Ending, cause: Cause, exitCode?: number): Promise<void>;
}

/**
 * Operations that only the owner of the supervisor can do, because it knows where the configuration comes from. The
 * daemon (bin/tsvd) provides it; an embedder may. A signal that ends the daemon does not use this service.
 */
export const daemonService = service<DaemonService>('daemon');

/** Signals that mean nothing to the daemon, so a plugin may use them. */
export const FREE_SIGNALS = ['SIGUSR1', 'SIGWINCH', 'SIGALRM', 'SIGURG', 'SIGIO', 'SIGCONT'] as const;
export type FreeSignal = (typeof FREE_SIGNALS)[number];

export interface SignalsService {
  /** Calls the listener for each such signal that the daemon gets, in the place of the line in the log. */
  take(signal: FreeSignal, listener: () => void): void;
}

/** Provided where {@link daemonService} is provided by the daemon. */
export const signalsService = service<SignalsService>('signals');

declare module '../../../core/index.ts' {
  interface EventMap {
    /**
     * The daemon accepted a request to shut down or restart. Emitted again if a shutdown is requested during a restart.
     * Comes before the supervisor is `stopping`.
     */
    'daemon:ending': { readonly ending: Ending; readonly cause: Cause };
  }
}
