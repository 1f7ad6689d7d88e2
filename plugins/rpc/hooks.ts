import { SyncHook } from 'tapable';
import { guardHook, hooksOf } from '../../core/index.ts';
import type { MethodRegistry } from './registry.ts';

/** What other plugins tap: `RpcPlugin.getHooks(supervisor).methods.tap(…)`. */
export const getRpcHooks = hooksOf(({ clock, events }) =>
  Object.freeze({
    /**
     * Once, at the start, when the methods of `supervisor` and `system` are there: add your own namespace, as
     * `[rpcinterface:x]` does in Supervisor. Throws: reported; what was added before the throw stays.
     */
    methods: guardHook(new SyncHook<[MethodRegistry]>(['registry'], 'methods'), {
      onFault: 'pass',
      clock,
      report: ({ plugin, where, error, count }) => events.emit('plugin:error', { plugin, where, error, count }),
    }),
  }),
);
