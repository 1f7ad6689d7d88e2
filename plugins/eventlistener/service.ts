import { service, type ProcessView } from '../../core/index.ts';
import type { ListenerReport, PoolReport } from './reports.ts';

export interface ListenerService {
  /** The state of a listener; `undefined`: this process is none. */
  listenerState(process: Pick<ProcessView, 'group' | 'name'>): ListenerReport | undefined;
  /** How the events of a group are doing; `undefined`: it is no pool of listeners. */
  poolState(group: string): PoolReport | undefined;
}

/** How event listeners are: `supervisor.use(listenerService)?.listenerState(process)`. */
export const listenerService = service<ListenerService>('eventlistener');
