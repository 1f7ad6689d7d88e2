import { hooksOf, type ProcessView } from '../../../core/index.ts';
import type { Dispatch, MethodRegistry } from './registry.ts';

/** The methods of the daemon, for plugins that offer them in another form or call them. */
export interface MethodService {
  /** The available methods and their descriptions. */
  readonly methods: Pick<MethodRegistry, 'find' | 'all'>;
  /**
   * Carries out one call with all checks of `/RPC2`: the method exists, the daemon is not shutting down, the caller may
   * call it, the parameters are valid. Rejects with an RpcFault, and nothing else.
   */
  readonly call: Dispatch;
}

/** One completed call. */
export interface CalledMethod {
  readonly method: string | undefined;
  readonly tookMs: number;
  readonly fault: number | undefined;
}

/**
 * What other plugins tap and ask: `RpcPlugin.getHooks(supervisor).methods.tap(…)`. A tap that throws is reported and
 * counts as no answer.
 */
export const getRpcHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Once, at the start, when the methods of `supervisor` and `system` exist: add your own namespace, as
     * `[rpcinterface:x]` does in Supervisor. Throws: reported; methods that were added before the throw stay.
     */
    methods: hook.sync<[MethodRegistry]>('methods', ['registry'], { onFault: 'pass' }),

    /**
     * Whenever a process is described in one line (`getProcessInfo`, `supervisorctl status`). In: the line so far. Out:
     * the line, with your text appended; clients parse its beginning. Throws: reported; the line so far is used.
     */
    description: hook.waterfall<[string, ProcessView]>('description', ['line', 'process'], {
      onFault: 'pass',
      accepts: (answer) => typeof answer === 'string',
    }),

    /**
     * Call it to find and call methods by name. Nobody answers: the plugin `rpc` is not enabled. Not to be tapped by
     * others.
     */
    service: hook.bail<[], MethodService>('service', [], { onFault: 'pass' }),

    /**
     * After every call, through any interface: the method (`undefined` if it does not exist), the duration, and the
     * code of the fault, if any. Throws: reported.
     */
    called: hook.sync<[CalledMethod]>('called', ['call'], { onFault: 'pass' }),
  }),
);
