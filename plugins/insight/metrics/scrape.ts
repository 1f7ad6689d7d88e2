import type { ProcessView, Supervisor } from '../../../core/index.ts';
import { listenerService } from '../../programs/eventlistener/index.ts';
import { resourcesService, type Usage } from '../resources/index.ts';

/** All values of one scrape, taken at one moment. */
export interface Scrape {
  readonly processes: readonly ProcessView[];
  /** By pid; empty if the plugin `resources` is not enabled. Includes the daemon itself, without its children. */
  readonly usages: ReadonlyMap<number, Usage>;
  readonly pools: readonly Pool[];
  /** Milliseconds on the monotonic clock. */
  readonly tick: number;
  readonly eventLoopDelaySeconds: number;
  /** The fraction of the time since the last scrape in which the event loop was busy. */
  readonly eventLoopUtilization: number;
}

interface Pool {
  readonly group: string;
  readonly buffered: number;
  readonly bufferSize: number;
  readonly dropped: number;
}

/** Takes the values. `utilization` is called once per scrape. */
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
 * The current delay of the event loop. perf_hooks can measure it all the time, but with a timer that wakes an idle
 * daemon a hundred times a second.
 */
async function oneTurn(clock: Supervisor['clock']): Promise<number> {
  const begin = clock.now();
  await new Promise((resolve) => setImmediate(resolve));
  return (clock.now() - begin) / 1000;
}
