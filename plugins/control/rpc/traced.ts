import type { Dispatch } from './dispatcher.ts';
import { RpcFault } from './faults.ts';

/** Wraps a dispatcher and logs every call at level trace. Supervisor: xmlrpc.py continue_request. */
export function traced(dispatch: Dispatch, trace: (text: string) => void): Dispatch {
  return async (name, params, caller) => {
    trace(`XML-RPC method called: ${name}()`);
    try {
      const answer = await dispatch(name, params, caller);
      trace(`XML-RPC method ${name}() returned successfully`);
      return answer;
    } catch (error) {
      if (error instanceof RpcFault) {
        trace(`XML-RPC method ${name}() returned fault: [${error.code}] ${error.message}`);
      }
      throw error;
    }
  };
}
