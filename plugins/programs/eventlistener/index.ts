/** Processes that receive events, by the protocol of Supervisor's event listeners. */
export { EventListenerPlugin, type EventListenerPluginOptions } from './event-listener-plugin.ts';
export { listenerService, type ListenerService } from './service.ts';
export {
  type ListenerFault,
  type ListenerReport,
  type ListenerResult,
  type PoolLoss,
  type PoolReport,
} from './reports.ts';
export { type EventType } from './event-types.ts';
export { type ListenerState } from './protocol.ts';
export { EVENT_NAMES, listenerOptions, type EventName, type ListenerValues } from './options.ts';
