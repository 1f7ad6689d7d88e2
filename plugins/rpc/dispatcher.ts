import { reasonOf } from '../../core/index.ts';
import { RpcFault } from './faults.ts';
import type { MethodRegistry } from './registry.ts';
import type { XmlRpcValue } from './xmlrpc/index.ts';

/** Carries out one call by its name. Throws RpcFault, and nothing else. */
export type Dispatch = (name: string, params: readonly XmlRpcValue[], user: string | undefined) => Promise<XmlRpcValue>;

export interface DispatcherOptions {
  /** The daemon has been asked to end. */
  readonly isEnding: () => boolean;
  /** Told of every failure that is no fault: a mistake of ours or of a plugin. */
  readonly report: (method: string, error: unknown) => void;
}

/** The one way to a method, for every interface that offers them. */
export function createDispatcher(registry: MethodRegistry, { isEnding, report }: DispatcherOptions): Dispatch {
  return async (name, params, user) => {
    const found = registry.find(name);
    if (found === undefined) throw new RpcFault('UNKNOWN_METHOD');
    if (isEnding() && !found.whileEnding) throw new RpcFault('SHUTDOWN_STATE');
    try {
      return await found.call(params, { cause: { by: 'client', detail: name }, user });
    } catch (error) {
      if (error instanceof RpcFault) throw error;
      report(name, error);
      throw new RpcFault('FAILED', reasonOf(error));
    }
  };
}
