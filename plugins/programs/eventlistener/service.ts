import { service, type ProcessView } from '../../../core/index.ts';
import type { ListenerReport, PoolReport } from './reports.ts';

export interface ListenerService {
  /** The state of a listener; `undefined` if the process is not one. */
  listenerState(process: Pick<ProcessView, 'group' | 'name'>): ListenerReport | undefined;
  /** The state of a pool; `undefined` if the group is not a pool of listeners. */
  poolState(group: string): PoolReport | undefined;
}

/** Reports the state of event listeners: `supervisor.use(listenerService)?.listenerState(process)`. */
export const listenerService = service<ListenerService>('eventlistener');
