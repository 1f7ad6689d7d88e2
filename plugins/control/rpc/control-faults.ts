import { unreachable, type Group, type Process, type Supervisor } from '../../../core/index.ts';
import { targetNamed, type Configured, type Result, type Target } from '../index.ts';
import { FAULTS, RpcFault } from './faults.ts';
import type { XmlRpcStruct } from './xmlrpc/index.ts';

/**
 * Finds a process or group by name. @throws BAD_NAME, with the name as given; `*` is not a name here, as in Supervisor
 */
export function lookUp(supervisor: Supervisor, given: string): Extract<Target, { kind: 'process' | 'group' }> {
  const target = targetNamed(supervisor, given);
  if (target.kind === 'unknown' || target.kind === 'all') throw new RpcFault('BAD_NAME', given);
  return target;
}

/** For methods on single processes. @throws BAD_NAME */
export function lookUpProcess(supervisor: Supervisor, given: string): Process {
  const target = lookUp(supervisor, given);
  if (target.kind === 'group') throw new RpcFault('BAD_NAME', given);
  return target.process;
}

/** @throws BAD_NAME */
export function lookUpGroup(supervisor: Supervisor, given: string): Group {
  const group = supervisor.groups.get(given);
  if (group === undefined) throw new RpcFault('BAD_NAME', given);
  return group;
}

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

/** What came of a new configuration. @throws CANT_REREAD, BAD_NAME */
export function configured<Value>(result: Configured<Value>): Value {
  if (result.kind === 'done') return result.value;
  throw new RpcFault(result.kind === 'noSuchName' ? 'BAD_NAME' : 'CANT_REREAD', result.reason);
}
