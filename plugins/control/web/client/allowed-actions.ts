import type { ProcessStatus } from './api-schema.ts';

/** Whether a stop has something to do. */
export function canStop({ state }: Pick<ProcessStatus, 'state'>): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF';
}

export function canStart({ state }: Pick<ProcessStatus, 'state'>): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
}
