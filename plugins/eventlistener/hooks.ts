import { hooksOf } from '../../core/index.ts';
import type { ListenerResult } from './reports.ts';

/** What other plugins tap: `EventListenerPlugin.getHooks(supervisor).result.tap(…)`. */
export const getListenerHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * A listener answered. Out: has the event been dealt with (`accept`), or is it to be sent again (`reject`)? Nobody
     * answers: `OK` accepts, anything else rejects. This is what `result_handler` names a Python function for.
     * Throws: reported; counts as no answer.
     */
    result: hook.bail<[ListenerResult], 'accept' | 'reject'>('result', ['result'], { onFault: 'pass' }),
  }),
);

export type ListenerHooks = ReturnType<typeof getListenerHooks>;
