import type { Group, Process, Supervisor } from '../../../core/index.ts';
import { targetNamed, type Target } from '../index.ts';
import { RpcFault } from './faults.ts';

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
