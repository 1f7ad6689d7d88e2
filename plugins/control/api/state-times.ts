import { namespec, type ProcessView, type Supervisor } from '../../../core/index.ts';

/** Remembers when each process entered its state, in wall time (milliseconds); 0 if it has never changed its state. */
export function watchStateTimes(
  { events, clock }: Pick<Supervisor, 'events' | 'clock'>,
  plugin: string,
): (view: ProcessView) => number {
  const times = new Map<string, number>();
  events.on('process:state', ({ process }) => void times.set(namespec(process), clock.wall()), plugin);
  events.on('process:removed', ({ process }) => void times.delete(namespec(process)), plugin);
  return (view) => times.get(namespec(view)) ?? 0;
}
