import { hooksOf } from '../../../core/index.ts';
import type { ListenerResult } from './reports.ts';

/** What other plugins tap: `EventListenerPlugin.getHooks(supervisor).result.tap(…)`. */
export const getListenerHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * A listener answered. Out: whether the event was processed (`accept`) or must be sent again (`reject`). Default:
     * `OK` accepts, anything else rejects. In Supervisor, `result_handler` names a Python function for this.
     * Throws: reported; counts as no answer.
     */
    result: hook.bail<[ListenerResult], 'accept' | 'reject'>('result', ['result'], { onFault: 'pass' }),
  }),
);

export type ListenerHooks = ReturnType<typeof getListenerHooks>;
