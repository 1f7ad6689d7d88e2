import { namespec, type ProcessView, type Supervisor, type Timer } from '../../../core/index.ts';
import { CpuRate, resourcesService } from '../../insight/resources/index.ts';
import { printEvent, type EventStream } from './event-stream.ts';

/** What a process and everything it started use, as `/api/v1` shows it. */
export interface ShownUsage {
  /** Fraction of one core, since the last sample; at the first sample since the start of the process. */
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly processes: number;
  readonly openFiles?: number;
}

/** The event name by which clients subscribe; it is not one of the events of the feed. */
export const USAGE_EVENT = 'process:usage';

/** How often subscribed clients get it. */
const PERIOD_MS = 2_000;

/**
 * A sample within this time returns the last one, unless a child was spawned since. A rate covers at least this time,
 * so that two clients do not disturb each other.
 */
const SHORTEST_LOOK_MS = 500;

interface Rate {
  readonly meter: CpuRate;
  /** Of the last sample. */
  readonly pid: number;
  readonly atMs: number;
  readonly cpu: number;
}

/** The resource usage of processes, measured on request. A timer exists only while a client is subscribed. */
export class UsageWatch {
  readonly #supervisor: Supervisor;
  readonly #rates = new Map<string, Rate>();
  readonly #followers = new Set<EventStream>();
  #seen: ReadonlyMap<string, ShownUsage> = new Map();
  #seenAt = -Infinity;
  #timer: Timer | undefined;

  constructor(supervisor: Supervisor, plugin: string) {
    this.#supervisor = supervisor;
    supervisor.events.on('process:spawned', () => void (this.#seenAt = -Infinity), plugin);
    supervisor.events.on('process:removed', ({ process }) => void this.#rates.delete(namespec(process)), plugin);
  }

  /** By namespec, of those that have a child; empty without the plugin `resources`. */
  look(): ReadonlyMap<string, ShownUsage> {
    const { clock, processes } = this.#supervisor;
    const now = clock.now();
    if (now - this.#seenAt < SHORTEST_LOOK_MS) return this.#seen;
    const running = processes.map(({ view }) => view).filter(({ pid }) => pid !== 0);
    const pids = running.map(({ pid }) => pid);
    const usages = this.#supervisor.use(resourcesService)?.usages(pids);
    const seen = new Map<string, ShownUsage>();
    for (const view of running) {
      const usage = usages?.get(view.pid);
      if (usage === undefined) continue;
      const { cpuSeconds, ...rest } = usage;
      seen.set(namespec(view), { cpu: round(this.#rate(view, cpuSeconds, now)), ...rest });
    }
    this.#seen = seen;
    this.#seenAt = now;
    return seen;
  }

  /** Sends the usage to a client now and periodically, until the returned function is called. */
  follow(stream: EventStream): () => void {
    this.#followers.add(stream);
    stream.offer(this.#print());
    if (this.#timer === undefined) this.#arm();
    return () => {
      this.#followers.delete(stream);
      if (this.#followers.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  #rate(view: ProcessView, cpuSeconds: number, atMs: number): number {
    const name = namespec(view);
    const last = this.#rates.get(name);
    if (last?.pid === view.pid && atMs - last.atMs < SHORTEST_LOOK_MS) return last.cpu;
    const meter = last?.meter ?? new CpuRate();
    const sinceStart = (cpuSeconds * 1000) / Math.max(1, atMs - view.startedTick);
    const cpu = meter.next({ pid: view.pid, cpuSeconds, atMs }) ?? sinceStart;
    this.#rates.set(name, { meter, pid: view.pid, atMs, cpu });
    return cpu;
  }

  #arm(): void {
    this.#timer = this.#supervisor.clock.setTimer(PERIOD_MS, () => {
      const event = this.#print();
      for (const stream of this.#followers) stream.offer(event);
      this.#arm();
    });
  }

  #print(): string {
    const usages = [...this.look()].map(([name, usage]) => ({ namespec: name, ...usage }));
    const at = new Date(this.#supervisor.clock.wall()).toISOString();
    return printEvent(USAGE_EVENT, JSON.stringify({ at, usages }));
  }
}

function round(fraction: number): number {
  return Math.round(fraction * 10_000) / 10_000;
}
