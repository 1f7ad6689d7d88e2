import { AsyncSeriesBailHook } from 'tapable';
import { hooksOf, type Cause, type Reload } from '../../core/index.ts';

/** How the daemon as a whole can be asked to end: for good, or to begin anew with the configuration as it is then. */
export type Ending = 'shutdown' | 'restart';

/**
 * What only the process that holds the supervisor can do, because it knows where the configuration comes from. The
 * daemon (bin/tsvd) answers; an embedder may. Without an answer (`undefined`) the supervisor cannot do it.
 */
export const getDaemonHooks = hooksOf(() =>
  Object.freeze({
    /** Read the configuration again and compare. Rejects, with all problems in the message, when it is refused. */
    reread: new AsyncSeriesBailHook<[Cause], Reload | undefined>(['cause'], 'reread'),
    /**
     * End the daemon. Resolves `true` once accepted: the end itself comes after. Rejects when a restart would meet a
     * broken configuration; then everything goes on as it was.
     */
    end: new AsyncSeriesBailHook<[Ending, Cause], true | undefined>(['ending', 'cause'], 'end'),
  }),
);
