import { service, type Cause, type Reload, type ReloadPlan, type UpdateResult } from '../../core/index.ts';

/** How the daemon as a whole can be asked to end: for good, or to begin anew with the configuration as it is then. */
export type Ending = 'shutdown' | 'restart';

/** What an update would do, and the file that says so, where there is one. */
export interface NewPlan {
  readonly plan: ReloadPlan;
  readonly file: string | undefined;
}

export interface DaemonService {
  /**
   * Reads the configuration again and compares. Rejects, with all problems in the message, when it is refused, and after 3 min
   * with TSV_SERVICE_DEADLINE.
   */
  reread(cause: Cause): Promise<Reload>;
  /** The same, process by process, and nothing is taken note of: what an `update` would do now. Rejects as `reread` does. */
  plan(): Promise<NewPlan>;
  /**
   * Reads the configuration again and puts it into use; without names of groups, all of it. Rejects when it is refused, and
   * with TSV_UNKNOWN_NAME; then nothing has changed. No deadline: it takes as long as the stops that are part of it, which are bounded.
   */
  update(groups: readonly string[] | undefined, cause: Cause): Promise<UpdateResult>;
  /**
   * Ends the daemon. Resolves once accepted: the end itself comes after. Rejects when a restart would meet a broken
   * configuration; then everything goes on as it was. Also after 3 min, with TSV_SERVICE_DEADLINE.
   */
  end(ending: Ending, cause: Cause): Promise<void>;
}

/**
 * What only the process that holds the supervisor can do, because it knows where the configuration comes from. The daemon
 * (bin/tsvd) provides it; an embedder may. A signal that asks the daemon to end does not pass through here.
 */
export const daemonService = service<DaemonService>('daemon');

declare module '../../core/index.ts' {
  interface EventMap {
    /**
     * The daemon was asked to end, or to begin anew, and will. Emitted again where an end for good is asked for during a restart.
     * Before the supervisor is `stopping`.
     */
    'daemon:ending': { readonly ending: Ending; readonly cause: Cause };
  }
}
