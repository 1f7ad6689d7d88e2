import { SyncHook } from 'tapable';
import { hooksOf } from '../../core/index.ts';
import type { MethodRegistry } from './registry.ts';

/** What other plugins tap: `RpcPlugin.getHooks(supervisor).methods.tap(…)`. */
export const getRpcHooks = hooksOf(({ guard }) =>
  Object.freeze({
    /**
     * Once, at the start, when the methods of `supervisor` and `system` are there: add your own namespace, as
     * `[rpcinterface:x]` does in Supervisor. Throws: reported; what was added before the throw stays.
     */
    methods: guard(new SyncHook<[MethodRegistry]>(['registry'], 'methods'), { onFault: 'pass' }),
  }),
);
