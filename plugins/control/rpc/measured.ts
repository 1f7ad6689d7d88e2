import type { Clock } from '../../../core/index.ts';
import type { Dispatch } from './dispatcher.ts';
import { RpcFault } from './faults.ts';
import type { CalledMethod } from './hooks.ts';

/**
 * Wraps a dispatcher and reports every completed call. A name that does not exist is not passed on: it could be
 * anything.
 */
export function measured(
  dispatch: Dispatch,
  {
    clock,
    isKnown,
    report,
  }: { clock: Clock; isKnown: (name: string) => boolean; report: (call: CalledMethod) => void },
): Dispatch {
  return async (name, params, caller) => {
    const begin = clock.now();
    const finish = (fault: number | undefined): void =>
      report({ method: isKnown(name) ? name : undefined, tookMs: clock.now() - begin, fault });
    try {
      const answer = await dispatch(name, params, caller);
      finish(undefined);
      return answer;
    } catch (error) {
      finish(error instanceof RpcFault ? error.code : undefined);
      throw error;
    }
  };
}
