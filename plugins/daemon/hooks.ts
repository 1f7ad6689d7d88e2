import {
  hooksOf,
  type Cause,
  type Reload,
  type ReloadPlan,
  type AsyncTerms,
  type UpdateResult,
} from '../../core/index.ts';

/** How the daemon as a whole can be asked to end: for good, or to begin anew with the configuration as it is then. */
export type Ending = 'shutdown' | 'restart';

/** What an update would do, and the file that says so, where there is one. */
export interface NewPlan {
  readonly plan: ReloadPlan;
  readonly file: string | undefined;
}

declare module '../../core/index.ts' {
  interface EventMap {
    /**
     * The daemon was asked to end, or to begin anew, and will. Emitted again where an end for good is asked for during a restart.
     * Before the supervisor is `stopping`.
     */
    'daemon:ending': { readonly ending: Ending; readonly cause: Cause };
  }
}

/** Whatever a tap throws says why it will not. Longer than a configuration may take to be read (10 s each try) and all plugins together to look at it. */
const refusesInTime: AsyncTerms = { onFault: 'fail', isRefusal: () => true, deadlineMs: 180_000 };

/**
 * What only the process that holds the supervisor can do, because it knows where the configuration comes from. The
 * daemon (bin/tsvd) answers, before all other taps; an embedder may. Without an answer (`undefined`) the supervisor cannot do it.
 * A signal that asks the daemon to end does not pass through here: no plugin can keep it from being obeyed. `daemon:ending` says so.
 */
export const getDaemonHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Read the configuration again and compare. Rejects, with all problems in the message, when it is refused. Deadline: 3 min.
     */
    reread: hook.asyncBail<[Cause], Reload>('reread', ['cause'], refusesInTime),
    /**
     * The same, process by process, and nothing is taken note of: what an `update` would do now. Rejects as `reread`. Deadline: 3 min.
     */
    plan: hook.asyncBail<[], NewPlan>('plan', [], refusesInTime),
    /**
     * Read the configuration again and put it into use; without names of groups, all of it. Rejects when it is refused, and
     * with TSV_UNKNOWN_NAME; then nothing has changed. No deadline: it takes as long as the stops that are part of it, which are bounded.
     */
    update: hook.asyncBail<[readonly string[] | undefined, Cause], UpdateResult>('update', ['groups', 'cause'], {
      ...refusesInTime,
      deadlineMs: Infinity,
    }),
    /**
     * End the daemon. Resolves `true` once accepted: the end itself comes after. Rejects when a restart would meet a
     * broken configuration; then everything goes on as it was. Deadline: 3 min.
     */
    end: hook.asyncBail<[Ending, Cause], true>('end', ['ending', 'cause'], refusesInTime),
  }),
);
