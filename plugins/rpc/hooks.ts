import { hooksOf, type ProcessView } from '../../core/index.ts';
import type { Dispatch } from './dispatcher.ts';
import type { MethodRegistry } from './registry.ts';

/** The methods of the daemon, for plugins that offer them in another way or act through them. */
export interface MethodService {
  /** What there is to call, with what each method says of itself. */
  readonly methods: Pick<MethodRegistry, 'find' | 'all'>;
  /**
   * Carries out one call with every check that a client of `/RPC2` meets: whether there is such a method, whether the daemon is
   * about to end, whether the caller may, whether the parameters are right. Rejects with an RpcFault, and nothing else.
   */
  readonly call: Dispatch;
}

/** One call that is over. */
export interface CalledMethod {
  readonly method: string | undefined;
  readonly tookMs: number;
  readonly fault: number | undefined;
}

/**
 * What other plugins tap and ask: `RpcPlugin.getHooks(supervisor).methods.tap(…)`. A tap that throws is reported and counts
 * as no answer.
 */
export const getRpcHooks = hooksOf((hook) =>
  Object.freeze({
    /**
     * Once, at the start, when the methods of `supervisor` and `system` are there: add your own namespace, as
     * `[rpcinterface:x]` does in Supervisor. Throws: reported; what was added before the throw stays.
     */
    methods: hook.sync<[MethodRegistry]>('methods', ['registry'], { onFault: 'pass' }),

    /**
     * Whenever a process is described in one line (`getProcessInfo`, `supervisorctl status`). In: the line so far. Out: the line,
     * with what you have to add behind it; clients look at its beginning. Throws: reported; the line so far is used.
     */
    description: hook.waterfall<[string, ProcessView]>('description', ['line', 'process'], {
      onFault: 'pass',
      accepts: (answer) => typeof answer === 'string',
    }),

    /** Call it to find and call methods by name. Nobody answers: the plugin `rpc` is not enabled. Not to be tapped by others. */
    service: hook.bail<[], MethodService>('service', [], { onFault: 'pass' }),

    /**
     * After every call, whatever interface it came through: the method (`undefined` for one that does not exist), how long it took,
     * and the code of the fault that it ended with. Throws: reported.
     */
    called: hook.sync<[CalledMethod]>('called', ['call'], { onFault: 'pass' }),
  }),
);
