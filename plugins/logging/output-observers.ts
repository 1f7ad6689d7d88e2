import { Observers, type EventBus } from '../../core/index.ts';
import type { Observable, OutputListener } from './service.ts';

/** Those who observe output, by what they observe. */
export type OutputObservers = Readonly<Record<Observable, Observers<Parameters<OutputListener>>>>;

export function outputObservers(events: EventBus): OutputObservers {
  return {
    output: new Observers(events, 'output'),
    logEvent: new Observers(events, 'logEvent'),
    captured: new Observers(events, 'captured'),
  };
}
