import type { EventMap, ProcessView, Supervisor } from '../../../core/index.ts';
import type { Channel, Sink } from '../../output/logging/index.ts';
import type { CalledMethod } from '../../control/rpc/index.ts';
import { DurationHistogram } from './histogram.ts';

/** Counts by label. */
export type Counts = Map<string, number>;

/** Counters of one process since it was added. */
export class ProcessCounters {
  /** By requester: `boot`, `client`, …; `restart` for an automatic one. */
  readonly starts: Counts = new Map();
  readonly exits: Counts = new Map();
  readonly outputBytes: Counts = new Map();
  spawnFailures = 0;
  /** Of its runs that ended. */
  cpuSeconds = 0;
  peakMemoryBytes: number | undefined;
}

/** Why a child exited, short enough for a label. */
type ExitReason = 'expected' | 'unexpected' | 'signal' | 'unknown' | 'stopped' | 'start_failed';

/** From half a millisecond, the time of a spawn, to ten seconds, the time of a slow plugin. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts events. A scrape reads these counters and the current state of the supervisor. Nothing is sampled and no timer
 * runs; without a scrape the cost is a few numbers per process.
 */
export class Counters {
  readonly spawn = new DurationHistogram(SECONDS);
  /** By method; `unknown` for names that do not exist. */
  readonly calls = new Map<string, DurationHistogram>();
  readonly callFaults: Counts = new Map();
  readonly pluginFaults: Counts = new Map();
  droppedLogBytes = 0;
  readonly #processes = new Map<string, ProcessCounters>();

  of(process: { readonly group: string; readonly name: string }): ProcessCounters {
    return getOrMake(this.#processes, keyOf(process), () => new ProcessCounters());
  }

  listen({ events, clock }: Supervisor, plugin: string): void {
    const took = ({ startedTick }: ProcessView): void => this.spawn.observe((clock.now() - startedTick) / 1000);
    events.on(
      'process:spawned',
      ({ process }) => {
        took(process);
        const { by } = process.cause;
        add(this.of(process).starts, by === 'child' || by === 'policy' ? 'restart' : by);
      },
      plugin,
    );
    events.on(
      'process:spawn-failed',
      ({ process }) => {
        took(process);
        this.of(process).spawnFailures += 1;
      },
      plugin,
    );
    events.on(
      'process:exited',
      (event) => {
        const counters = this.of(event.process);
        add(counters.exits, exitReason(event));
        if (event.usage === undefined) return;
        counters.cpuSeconds += event.usage.userSeconds + event.usage.systemSeconds;
        counters.peakMemoryBytes = event.usage.peakMemoryBytes;
      },
      plugin,
    );
    events.on('process:removed', ({ process }) => void this.#processes.delete(keyOf(process)), plugin);
    events.on('plugin:error', (fault) => add(this.pluginFaults, fault.plugin), plugin);
    events.on('log:dropped', ({ bytes }) => void (this.droppedLogBytes += bytes), plugin);
  }

  called({ method = 'unknown', tookMs, fault }: CalledMethod): void {
    getOrMake(this.calls, method, () => new DurationHistogram(SECONDS)).observe(tookMs / 1000);
    if (fault !== undefined) add(this.callFaults, method);
  }

  /** Adds a sink that counts bytes, but only if there is another sink: a program with a sink gets a pipe. */
  countIn(sinks: readonly Sink[], process: ProcessView, channel: Channel): readonly Sink[] {
    if (sinks.length === 0) return sinks;
    const { outputBytes } = this.of(process);
    const counter: Sink = {
      write(bytes) {
        add(outputBytes, channel, bytes.length);
        return true;
      },
    };
    return [...sinks, counter];
  }
}

function exitReason({ asked, exit, expected, process }: EventMap['process:exited']): ExitReason {
  if (asked) return 'stopped';
  if (process.state === 'BACKOFF') return 'start_failed';
  if (exit.kind === 'signal' || exit.kind === 'unknown') return exit.kind;
  return expected ? 'expected' : 'unexpected';
}

function add(counts: Counts, label: string, by = 1): void {
  counts.set(label, (counts.get(label) ?? 0) + by);
}

function getOrMake<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function keyOf({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}:${name}`; // a group cannot have a colon in its name
}
