import { SyncBailHook } from 'tapable';
import { guardHook, hooksOf, type Contract, type ProcessView } from '../../core/index.ts';
import type { ListenerReport, ListenerResult, PoolReport } from './reports.ts';

/** The hooks of event listeners: how other plugins judge results, and ask how listeners are. */
export const getListenerHooks = hooksOf(({ clock, events }) => {
  const contract: Contract = {
    onFault: 'pass',
    clock,
    report: ({ disabled, ...fault }) => {
      events.emit('plugin:error', fault);
      if (disabled) events.emit('plugin:disabled', { plugin: fault.plugin, where: fault.where, count: fault.count });
    },
  };

  return Object.freeze({
    /**
     * A listener answered. Out: has the event been dealt with (`accept`), or is it to be sent again (`reject`)? Nobody
     * answers: `OK` accepts, anything else rejects. This is what `result_handler` names a Python function for.
     * Throws: counts as no opinion.
     */
    result: guardHook(
      new SyncBailHook<[ListenerResult], 'accept' | 'reject' | undefined>(['result'], 'result'),
      contract,
    ),

    /** Call it to learn the state of a listener. `undefined`: this process is none. */
    listenerState: guardHook(
      new SyncBailHook<[ProcessView], ListenerReport | undefined>(['process'], 'listenerState'),
      contract,
    ),

    /** Call it with the name of a group to learn how its events are doing. `undefined`: no pool of listeners. */
    poolState: guardHook(new SyncBailHook<[string], PoolReport | undefined>(['group'], 'poolState'), contract),
  });
});

export type ListenerHooks = ReturnType<typeof getListenerHooks>;
