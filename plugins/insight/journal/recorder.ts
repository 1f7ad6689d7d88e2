import type { EventMap, ProcessView, Verdict } from '../../../core/index.ts';
import type { Usage } from '../resources/index.ts';
import { findCoreDump } from './core-dump.ts';
import type { LastOutputs, LogStarts } from './last-output.ts';
import type { OutOfMemoryWatch } from './out-of-memory.ts';
import type {
  Decision,
  Ended,
  LastUsage,
  NotStarted,
  Of,
  ProcessRecord,
  Resumed,
  SentSignal,
  Started,
} from './record.ts';

/** What the recorder uses besides events. */
export interface Evidence {
  /** Wall time in milliseconds. */
  readonly wall: () => number;
  readonly outputs: LastOutputs;
  readonly memory: OutOfMemoryWatch;
}

/** What is kept about a child until it exits. */
interface OpenRun {
  readonly logStarts: LogStarts;
  readonly memoryCounter: string | undefined;
  readonly signals: SentSignal[];
  usage: LastUsage | undefined;
}

/** The last signals are kept: those that ended the child are among them. */
const MAX_SIGNALS = 10;

/**
 * Makes records of what happens to processes, with evidence that exists only at that moment. Facts that cannot be found
 * out are left out.
 */
export class Recorder {
  readonly #evidence: Evidence;
  readonly #runs = new Map<number, OpenRun>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  /** The running children. */
  get pids(): readonly number[] {
    return [...this.#runs.keys()];
  }

  spawned({ process, pid }: EventMap['process:spawned']): Of<Started> {
    const { outputs, memory } = this.#evidence;
    const at = this.#now();
    this.#runs.set(pid, {
      logStarts: outputs.begin(process),
      memoryCounter: memory.begin(pid, at),
      signals: [],
      usage: undefined,
    });
    return { kind: 'started', at, ...nameOf(process), run: process.run, pid, by: process.cause, tries: process.tries };
  }

  /** `undefined`: there is no child. */
  resumed({ process, pid }: EventMap['process:resumed']): Of<Resumed> | undefined {
    if (pid === 0) return undefined;
    const { kind: _, by: __, tries: ___, ...started } = this.spawned({ process, pid });
    return { kind: 'resumed', ...started };
  }

  spawnFailed({ process, reason, failure, verdict }: EventMap['process:spawn-failed']): Of<NotStarted> {
    const { cause: by, run, tries } = process;
    const decision = decisionOf(verdict);
    const what = { reason, ...(failure !== undefined && { failure }) };
    return { kind: 'notStarted', at: this.#now(), ...nameOf(process), run, ...what, by, tries, decision };
  }

  signalled({ pid, signal, asGroup, why }: EventMap['process:signalled']): void {
    const signals = this.#runs.get(pid)?.signals;
    signals?.push({ at: this.#now(), signal, asGroup, why });
    if (signals !== undefined && signals.length > MAX_SIGNALS) signals.shift();
  }

  /** Stores a sample of the children's resource usage. */
  sampled(usages: Iterable<readonly [pid: number, usage: Usage]>): void {
    const at = this.#now();
    for (const [pid, { cpuSeconds, memoryBytes, processes }] of usages) {
      const run = this.#runs.get(pid);
      if (run !== undefined) run.usage = { at, cpuSeconds, memoryBytes, processes };
    }
  }

  exited(event: EventMap['process:exited']): Of<Ended> {
    const { process, pid, exit, expected, asked, livedMs, verdict, usage: used } = event;
    const run = this.#runs.get(pid);
    this.#runs.delete(pid);
    const at = this.#now();
    const { memory, outputs } = this.#evidence;
    const core =
      exit.kind === 'signal'
        ? findCoreDump({
            pid,
            signal: exit.signal,
            cwd: process.config.directory ?? '.',
            endedAt: this.#evidence.wall(),
            ...(used !== undefined && { isDumped: exit.dumpedCore === true }),
          })
        : undefined;
    const outOfMemory =
      run?.memoryCounter !== undefined && isKilled(event, run.signals) ? memory.look(run.memoryCounter, at) : undefined;
    return {
      kind: 'ended',
      at,
      ...nameOf(process),
      run: process.run,
      pid,
      exit: exitOf(exit),
      ...(exit.kind === 'code' && exit.failure !== undefined && { failure: exit.failure }),
      asked,
      expected,
      by: process.cause,
      ranSeconds: Math.round(livedMs) / 1000,
      tooQuickly: process.state === 'BACKOFF',
      state: process.state,
      tries: process.tries,
      signals: run?.signals ?? [],
      ...(core !== undefined && { core }),
      ...(outOfMemory !== undefined && { outOfMemory }),
      ...(used !== undefined && { used }),
      ...(run?.usage !== undefined && { usage: run.usage }),
      output: outputs.look(process, run?.logStarts ?? new Map()),
      decision: decisionOf(verdict),
    };
  }

  /** Records changes to UNKNOWN; other events cover the other changes of state. */
  changed({ process }: EventMap['process:state']): Of<ProcessRecord> | undefined {
    if (process.state !== 'UNKNOWN') return undefined;
    return { kind: 'lost', at: this.#now(), ...nameOf(process), reason: process.spawnerr };
  }

  removed({ process }: EventMap['process:removed']): Of<ProcessRecord> {
    this.#evidence.outputs.forget(process);
    return { kind: 'removed', at: this.#now(), ...nameOf(process) };
  }

  #now(): string {
    return new Date(this.#evidence.wall()).toISOString();
  }
}

/**
 * Whether it was a SIGKILL that the daemon did not send. A shell whose command was killed exits with 137, and so do
 * many runtimes whose worker was killed.
 */
function isKilled({ exit }: EventMap['process:exited'], signals: readonly SentSignal[]): boolean {
  if (exit.kind === 'code') return exit.code === 137;
  return exit.kind === 'signal' && exit.signal === 'SIGKILL' && !signals.some(({ signal }) => signal === 'SIGKILL');
}

function exitOf(exit: EventMap['process:exited']['exit']): Ended['exit'] {
  if (exit.kind === 'code') return { code: exit.code };
  // A child that exited was spawned: `spawnFailed` is impossible here.
  return exit.kind === 'signal' ? { signal: exit.signal } : { unknown: exit.reason };
}

function decisionOf(verdict: Verdict): Decision {
  const { reason } = verdict;
  const why = reason !== undefined && { reason };
  if (verdict.kind === 'leave') return { kind: 'leave', ...why };
  return { kind: 'restart', delaySeconds: verdict.delayMs / 1000, ...why };
}

function nameOf({ group, name }: ProcessView): { group: string; name: string } {
  return { group, name };
}
