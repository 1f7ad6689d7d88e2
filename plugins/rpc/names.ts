import { splitSpec, type Group, type Process, type Supervisor } from '../../core/index.ts';
import { RpcFault } from './faults.ts';

/** What a name that a client gives stands for: `name`, `group:name`, and `group:*` or `group:` for a whole group. */
export type Named =
  | { readonly kind: 'process'; readonly process: Process }
  | { readonly kind: 'group'; readonly group: Group };

/** @throws BAD_NAME, with the name as it was given. Supervisor: rpcinterface.py _getGroupAndProcess. */
export function lookUp(supervisor: Supervisor, given: string): Named {
  const [groupName, name] = splitSpec(given);
  const group = supervisor.groups.get(groupName);
  if (group === undefined) throw new RpcFault('BAD_NAME', given);
  if (given.includes(':') && (name === '' || name === '*')) return { kind: 'group', group };
  const process = group.processes.get(name);
  if (process === undefined) throw new RpcFault('BAD_NAME', given);
  return { kind: 'process', process };
}

/** For methods that know single processes only. @throws BAD_NAME */
export function lookUpProcess(supervisor: Supervisor, given: string): Process {
  const named = lookUp(supervisor, given);
  if (named.kind === 'group') throw new RpcFault('BAD_NAME', given);
  return named.process;
}

/** @throws BAD_NAME */
export function lookUpGroup(supervisor: Supervisor, given: string): Group {
  const group = supervisor.groups.get(given);
  if (group === undefined) throw new RpcFault('BAD_NAME', given);
  return group;
}
