import { AsyncSeriesBailHook } from 'tapable';
import { hooksOf, type Cause, type Reload, type ReloadPlan, type UpdateResult } from '../../core/index.ts';

/** How the daemon as a whole can be asked to end: for good, or to begin anew with the configuration as it is then. */
export type Ending = 'shutdown' | 'restart';

/** What an update would do, and the file that says so, where there is one. */
export interface NewPlan {
  readonly plan: ReloadPlan;
  readonly file: string | undefined;
}

/**
 * What only the process that holds the supervisor can do, because it knows where the configuration comes from. The
 * daemon (bin/tsvd) answers; an embedder may. Without an answer (`undefined`) the supervisor cannot do it.
 */
export const getDaemonHooks = hooksOf(() =>
  Object.freeze({
    /** Read the configuration again and compare. Rejects, with all problems in the message, when it is refused. */
    reread: new AsyncSeriesBailHook<[Cause], Reload | undefined>(['cause'], 'reread'),
    /** The same, process by process, and nothing is taken note of: what an `update` would do now. Rejects as `reread`. */
    plan: new AsyncSeriesBailHook<[], NewPlan | undefined>([], 'plan'),
    /**
     * Read the configuration again and put it into use; without names of groups, all of it. Rejects when it is refused, and
     * with TSV_UNKNOWN_NAME; then nothing has changed.
     */
    update: new AsyncSeriesBailHook<[readonly string[] | undefined, Cause], UpdateResult | undefined>(
      ['groups', 'cause'],
      'update',
    ),
    /**
     * End the daemon. Resolves `true` once accepted: the end itself comes after. Rejects when a restart would meet a
     * broken configuration; then everything goes on as it was.
     */
    end: new AsyncSeriesBailHook<[Ending, Cause], true | undefined>(['ending', 'cause'], 'end'),
  }),
);
