import type { ProcessView, Supervisor } from '../../core/index.ts';
import { listenerService } from '../eventlistener/index.ts';
import { resourcesService, type Usage } from '../resources/index.ts';

/** Everything that is looked at for one scrape, at one moment. */
export interface Scrape {
  readonly processes: readonly ProcessView[];
  /** By pid; empty where the plugin `resources` is not enabled. The daemon's own is among them, without its children. */
  readonly usages: ReadonlyMap<number, Usage>;
  readonly pools: readonly Pool[];
  /** Milliseconds by the monotonic clock. */
  readonly tick: number;
  readonly eventLoopDelaySeconds: number;
  /** The part of the time since the last scrape that the event loop was busy. */
  readonly eventLoopUtilization: number;
}

interface Pool {
  readonly group: string;
  readonly buffered: number;
  readonly bufferSize: number;
  readonly dropped: number;
}

/** Looks. `utilization` is asked once for each scrape. */
export async function takeScrape(supervisor: Supervisor, utilization: () => number): Promise<Scrape> {
  const { clock } = supervisor;
  const eventLoopDelaySeconds = await oneTurn(clock);
  const processes = supervisor.processes.map(({ view }) => view);
  const pids = processes.flatMap(({ pid }) => (pid === 0 ? [] : [pid]));
  const listeners = supervisor.use(listenerService);
  return {
    processes,
    usages: supervisor.use(resourcesService)?.usages(pids) ?? new Map<number, Usage>(),
    pools: [...supervisor.groups.keys()].flatMap((group) => {
      const state = listeners?.poolState(group);
      return state === undefined ? [] : [{ group, ...state }];
    }),
    tick: clock.now(),
    eventLoopDelaySeconds,
    eventLoopUtilization: utilization(),
  };
}

/**
 * How long something that is due waits for its turn now. perf_hooks can watch that all the time, with a timer that wakes
 * an idle daemon up a hundred times a second.
 */
async function oneTurn(clock: Supervisor['clock']): Promise<number> {
  const begin = clock.now();
  await new Promise((resolve) => setImmediate(resolve));
  return (clock.now() - begin) / 1000;
}
