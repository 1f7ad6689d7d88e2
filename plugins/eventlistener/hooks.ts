import { hooksOf, type Terms, type ProcessView } from '../../core/index.ts';
import type { ListenerReport, ListenerResult, PoolReport } from './reports.ts';

/**
 * The hooks of event listeners: how other plugins judge results, and ask how listeners are. A tap that throws is reported
 * and counts as no opinion.
 */
export const getListenerHooks = hooksOf((hook) => {
  const advises: Terms = { onFault: 'pass' };

  return Object.freeze({
    /**
     * A listener answered. Out: has the event been dealt with (`accept`), or is it to be sent again (`reject`)? Nobody
     * answers: `OK` accepts, anything else rejects. This is what `result_handler` names a Python function for.
     */
    result: hook.bail<[ListenerResult], 'accept' | 'reject'>('result', ['result'], advises),

    /** Call it to learn the state of a listener. `undefined`: this process is none. */
    listenerState: hook.bail<[ProcessView], ListenerReport>('listenerState', ['process'], advises),

    /** Call it with the name of a group to learn how its events are doing. `undefined`: no pool of listeners. */
    poolState: hook.bail<[string], PoolReport>('poolState', ['group'], advises),
  });
});

export type ListenerHooks = ReturnType<typeof getListenerHooks>;
