import { reasonOf } from '../../../core/index.ts';
import { clientCause } from '../index.ts';
import type { Role } from '../http/index.ts';
import { RpcFault } from './faults.ts';
import type { GivenValues, Method, MethodRegistry } from './registry.ts';
import type { XmlRpcValue } from './xmlrpc/index.ts';

/** The caller. */
export interface Caller {
  /** The authenticated user. */
  readonly user: string | undefined;
  readonly role: Role;
}

/** Carries out one call by its name. Throws RpcFault, and nothing else. */
export type Dispatch = (name: string, params: GivenValues, caller: Caller) => Promise<XmlRpcValue>;

export interface DispatcherOptions {
  /** The daemon is shutting down. */
  readonly isEnding: () => boolean;
  /** Called for every failure that is not a fault: a bug here or in a plugin. */
  readonly report: (method: string, error: unknown) => void;
}

/** The only way to call a method, for every interface: the same checks, faults and causes everywhere. */
export function createDispatcher(registry: MethodRegistry, { isEnding, report }: DispatcherOptions): Dispatch {
  return async (name, params, caller) => {
    const found = registry.find(name);
    if (found === undefined) throw new RpcFault('UNKNOWN_METHOD');
    if (isEnding() && !found.whileEnding) throw new RpcFault('SHUTDOWN_STATE');
    if (!mayCall(caller.role, found)) {
      throw new RpcFault('FORBIDDEN', `an account that may only look cannot call ${name}`);
    }
    try {
      return await found.call(params, { cause: clientCause(name, caller.user), user: caller.user, role: caller.role });
    } catch (error) {
      if (error instanceof RpcFault) throw error;
      report(name, error);
      throw new RpcFault('FAILED', reasonOf(error));
    }
  };
}

function mayCall(role: Role, { effect }: Method): boolean {
  return role === 'admin' || effect === 'reads';
}
