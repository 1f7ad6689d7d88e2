import { unreachable } from '../../../core/index.ts';
import type { Result } from '../index.ts';
import { FAULTS, RpcFault } from './faults.ts';
import type { XmlRpcStruct } from './xmlrpc/index.ts';

/** The fault for a result; `undefined` if it succeeded. */
export function faultOf({ spec, outcome }: Result): RpcFault | undefined {
  switch (outcome.kind) {
    case 'done':
      return undefined;
    case 'noSuchName':
      return new RpcFault('BAD_NAME', spec);
    case 'noSuchSignal':
      return new RpcFault('BAD_SIGNAL', outcome.signal);
    case 'noSuchCommand':
      return new RpcFault('NO_FILE', outcome.reason);
    case 'notExecutable':
      return new RpcFault('NOT_EXECUTABLE', outcome.reason);
    case 'alreadyRunning':
      return new RpcFault('ALREADY_STARTED', spec);
    case 'notRunning':
      return new RpcFault('NOT_RUNNING', spec);
    case 'startFailed':
      return new RpcFault('SPAWN_ERROR', spec);
    case 'interrupted':
      return new RpcFault('ABNORMAL_TERMINATION', spec);
    case 'failed':
      return new RpcFault('FAILED', outcome.reason);
    default:
      return unreachable(outcome);
  }
}

/** The answer of a method that acts on several processes. */
export function statusesOf(results: readonly Result[]): XmlRpcStruct[] {
  return results.map((result) => {
    const { code, message } = faultOf(result) ?? { code: FAULTS.SUCCESS, message: 'OK' };
    return { name: result.name, group: result.group, status: code, description: message };
  });
}

/** The answer of a method that acts on one process. @throws its fault */
export function throwFault([result]: readonly Result[]): true {
  const fault = result && faultOf(result);
  if (fault !== undefined) throw fault;
  return true;
}
