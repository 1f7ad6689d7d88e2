import { splitSpec, type Group, type Process, type Supervisor } from '../../core/index.ts';

/** The target that a name means. */
export type Target =
  /** `spec`: the name as it was given. */
  | { readonly kind: 'process'; readonly process: Process; readonly spec: string }
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'all' }
  /** No process and no group has this name. */
  | { readonly kind: 'unknown'; readonly spec: string };

/**
 * The target of a name: `name` and `group:name` are a process, `group:*` and `group:` a group, `*` is everything.
 * Supervisor: rpcinterface.py _getGroupAndProcess.
 */
export function targetNamed(supervisor: Pick<Supervisor, 'groups'>, spec: string): Target {
  if (spec === '*') return { kind: 'all' };
  const [groupName, name] = splitSpec(spec);
  const group = supervisor.groups.get(groupName);
  if (group === undefined) return { kind: 'unknown', spec };
  if (spec.includes(':') && (name === '' || name === '*')) return { kind: 'group', group };
  const process = group.processes.get(name);
  return process === undefined ? { kind: 'unknown', spec } : { kind: 'process', process, spec };
}

/** The processes of a target, in the order of starting. */
export function processesOf(supervisor: Pick<Supervisor, 'processes'>, target: Target): readonly Process[] {
  switch (target.kind) {
    case 'process':
      return [target.process];
    case 'group':
      return target.group.inStartOrder;
    case 'all':
      return supervisor.processes;
    case 'unknown':
      return [];
  }
}
