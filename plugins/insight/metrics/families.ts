import { STATE_CODES, type ProcessView } from '../../../core/index.ts';
import type { Usage } from '../resources/index.ts';
import type { Family, Sample } from './family.ts';
import type { Scrape } from './scrape.ts';
import type { Counts, ProcessCounters, Counters } from './counters.ts';

/** Values of the daemon itself. */
export interface DaemonFacts {
  readonly version: string;
  readonly cpuSeconds: () => number;
  readonly memoryBytes: () => number;
}

/**
 * Every metric, its name and its meaning. A label is the name of a group, a process, a method or a plugin, or a word of
 * a short list. It is never a pid, so the number of series depends only on the programs.
 */
export function familiesOf(counters: Counters, daemon: DaemonFacts): readonly Family[] {
  const perProcess = (valueOf: (view: ProcessView, now: Scrape) => number | undefined): Family['samples'] => {
    return (now) => now.processes.flatMap((view) => sampleOf(labelsOf(view), valueOf(view, now)));
  };
  const counted = (label: string, countsOf: (counters: ProcessCounters) => Counts): Family['samples'] => {
    return (now) => now.processes.flatMap((view) => countSamples(countsOf(counters.of(view)), label, labelsOf(view)));
  };
  const used = (valueOf: (usage: Usage) => number | undefined): Family['samples'] =>
    perProcess(({ pid }, { usages }) => {
      const usage = usages.get(pid);
      return usage && valueOf(usage);
    });

  return [
    gauge('tsvisor_info', 'Version of the daemon, in a label; always 1.', () => [
      { labels: { version: daemon.version }, value: 1 },
    ]),
    gauge('tsvisor_processes', 'Processes in use, by state.', byState),
    gauge(
      'tsvisor_process_up',
      'Whether it is RUNNING.',
      perProcess(({ state }) => (state === 'RUNNING' ? 1 : 0)),
    ),
    gauge(
      'tsvisor_process_state',
      `Code of its state: ${Object.entries(STATE_CODES)
        .map(([state, code]) => `${code} ${state}`)
        .join(', ')}.`,
      perProcess(({ state }) => STATE_CODES[state]),
    ),
    gauge(
      'tsvisor_process_start_time_seconds',
      'When its last child was started, in seconds since 1970; absent before the first start.',
      perProcess(({ startedAt }) => (startedAt === 0 ? undefined : startedAt / 1000)),
    ),
    gauge(
      'tsvisor_process_uptime_seconds',
      'How long its child has been there; 0 where there is none.',
      perProcess(({ pid, startedTick }, { tick }) => (pid === 0 ? 0 : (tick - startedTick) / 1000)),
    ),
    counter(
      'tsvisor_process_starts_total',
      'Children started, by who asked: boot, client, plugin, reload, or restart where nobody did.',
      counted('by', ({ starts }) => starts),
    ),
    counter(
      'tsvisor_process_spawn_failures_total',
      'Starts that failed before there was a child.',
      perProcess((view) => counters.of(view).spawnFailures),
    ),
    counter(
      'tsvisor_process_exits_total',
      'Ends of children: expected, unexpected, signal, stopped (somebody asked), start_failed (within startsecs).',
      counted('reason', ({ exits }) => exits),
    ),
    counter(
      'tsvisor_process_cpu_seconds_total',
      'Processor time of its child and all that it started.',
      used(({ cpuSeconds }) => cpuSeconds),
    ),
    gauge(
      'tsvisor_process_memory_bytes',
      'Resident memory of its child and all that it started.',
      used(({ memoryBytes }) => memoryBytes),
    ),
    counter(
      'tsvisor_process_runs_cpu_seconds_total',
      'Processor time of its runs that ended, with all that they started and waited for.',
      perProcess((view) => counters.of(view).cpuSeconds),
    ),
    gauge(
      'tsvisor_process_last_run_peak_memory_bytes',
      'Largest resident memory of one process of its last run that ended; absent where it is not known.',
      perProcess((view) => counters.of(view).peakMemoryBytes),
    ),
    gauge(
      'tsvisor_process_open_fds',
      'Open descriptors of its child and all that it started.',
      used(({ openFiles }) => openFiles),
    ),
    gauge(
      'tsvisor_process_children',
      'How many processes its child and all that it started are.',
      used(({ processes }) => processes),
    ),
    counter(
      'tsvisor_process_output_bytes_total',
      'Bytes read from its streams and given to its logs.',
      counted('stream', ({ outputBytes }) => outputBytes),
    ),
    counter('tsvisor_log_dropped_bytes_total', 'Bytes for logs that nobody could read any more.', () => [
      { value: counters.droppedLogBytes },
    ]),
    gauge('tsvisor_listener_queue', 'Events that wait for an event listener.', ({ pools }) =>
      pools.map(({ group, buffered }) => ({ labels: { group }, value: buffered })),
    ),
    gauge('tsvisor_listener_queue_limit', 'Events that can wait: buffer_size.', ({ pools }) =>
      pools.map(({ group, bufferSize }) => ({ labels: { group }, value: bufferSize })),
    ),
    counter('tsvisor_listener_dropped_total', 'Events that no listener of the group will get.', ({ pools }) =>
      pools.map(({ group, dropped }) => ({ labels: { group }, value: dropped })),
    ),
    {
      name: 'tsvisor_spawn_duration_seconds',
      help: 'From the decision to start a process to its child, or to the failure.',
      type: 'histogram',
      samples: () => counters.spawn.samples(),
    },
    {
      name: 'tsvisor_rpc_duration_seconds',
      help: 'From a call to its answer, by method.',
      type: 'histogram',
      samples: () => [...counters.calls].flatMap(([method, histogram]) => histogram.samples({ method })),
    },
    counter('tsvisor_rpc_faults_total', 'Calls that were answered with a fault, by method.', () =>
      countSamples(counters.callFaults, 'method'),
    ),
    counter('tsvisor_plugin_faults_total', 'Faults of plugins that the daemon has survived.', () =>
      countSamples(counters.pluginFaults, 'plugin'),
    ),
    gauge(
      'tsvisor_event_loop_delay_seconds',
      'How long something that was due waited for its turn, at this scrape.',
      ({ eventLoopDelaySeconds: value }) => [{ value }],
    ),
    gauge(
      'tsvisor_event_loop_utilization_ratio',
      'The part of the time since the last scrape that the event loop was busy.',
      ({ eventLoopUtilization: value }) => [{ value }],
    ),
    counter('tsvisor_cpu_seconds_total', 'Processor time of the daemon itself.', () => [
      { value: daemon.cpuSeconds() },
    ]),
    gauge('tsvisor_memory_bytes', 'Resident memory of the daemon itself.', () => [{ value: daemon.memoryBytes() }]),
  ];
}

function gauge(name: string, help: string, samples: Family['samples']): Family {
  return { name, help, type: 'gauge', samples };
}

function counter(name: string, help: string, samples: Family['samples']): Family {
  return { name, help, type: 'counter', samples };
}

/** Every state, so that an alert on FATAL can compare with a 0. */
function byState({ processes }: Scrape): Sample[] {
  return Object.keys(STATE_CODES).map((state) => ({
    labels: { state },
    value: processes.filter((view) => view.state === state).length,
  }));
}

function labelsOf({ group, name }: ProcessView): Readonly<Record<string, string>> {
  return { group, process: name };
}

function countSamples(counts: Counts, label: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
  return [...counts].map(([word, value]) => ({ labels: { ...labels, [label]: word }, value }));
}

function sampleOf(labels: Readonly<Record<string, string>>, value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
