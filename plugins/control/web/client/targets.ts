import type { Model, Process, Target } from './model.ts';
import { canStart, canStop } from '../../allowed-actions.ts';
import { unreachable } from './unreachable.ts';
import { counted } from './format.ts';

export type ManyAction = 'start' | 'stop' | 'restart' | 'signal' | 'clear-logs';

/** The processes of a target that an action would change. */
export function touchedBy(action: ManyAction, target: Target, processes: Model['processes']): readonly Process[] {
  const about = [...processes.values()].filter((process) => isAbout(target, process));
  switch (action) {
    case 'start':
      return about.filter(canStart);
    case 'stop':
      return about.filter(canStop);
    case 'signal':
      return about.filter(({ pid }) => pid !== null);
    case 'restart':
    case 'clear-logs':
      return about;
    default:
      return unreachable(action);
  }
}

/** As the API spells it. */
export function addressOf(target: Target): string {
  switch (target.kind) {
    case 'one':
      return target.name;
    case 'group':
      return `${target.group}:*`;
    case 'all':
      return '*';
    default:
      return unreachable(target);
  }
}

export const VERBS: Readonly<Record<ManyAction, { readonly label: string; readonly done: string }>> = {
  start: { label: 'Start', done: 'started' },
  stop: { label: 'Stop', done: 'stopped' },
  restart: { label: 'Restart', done: 'restarted' },
  signal: { label: 'Signal', done: 'signalled' },
  'clear-logs': { label: 'Clear the logs of', done: 'cleared of logs' },
};

/** `Stop 12 processes`, `Stop web:1`. */
export function sentenceOf(action: ManyAction, target: Target, count: number): string {
  const { label } = VERBS[action];
  return target.kind === 'one' ? `${label} ${target.name}` : `${label} ${counted(count, 'process', 'processes')}`;
}

function isAbout(target: Target, { namespec, group }: Process): boolean {
  if (target.kind === 'one') return namespec === target.name;
  return target.kind === 'all' || group === target.group;
}
