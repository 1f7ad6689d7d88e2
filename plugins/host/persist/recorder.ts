import { namespec, type Process, type ProcessView, type SpawnPlan, type Supervisor } from '../../../core/index.ts';
import { startOf } from './process-start.ts';
import { MARK } from './mark.ts';
import type { OptionHashes } from './option-hashes.ts';
import type { ProcessEntry } from './process-entry.ts';
import type { StateSlice } from './service.ts';
import type { State } from './state.ts';

type Started = Pick<ProcessEntry, 'start' | 'options'> & { readonly pid: number };

/** Writes down what happens to processes, from when the programs of the daemon before were taken over. */
export class Recorder {
  readonly #supervisor: Supervisor;
  readonly #state: State;
  readonly #slice: StateSlice;
  readonly #hashes: OptionHashes;
  readonly #started = new Map<string, Started>();
  readonly #changed = new Set<string>();
  #hasBegun = false;

  constructor(supervisor: Supervisor, state: State, slice: StateSlice, hashes: OptionHashes) {
    this.#supervisor = supervisor;
    this.#hashes = hashes;
    this.#state = state;
    this.#slice = slice;
  }

  begin(): void {
    this.#hasBegun = true;
  }

  /** Writes down all processes, as they are now. */
  writeAll(): void {
    for (const process of this.#supervisor.processes) if (!process.isUntouched) this.#write(namespec(process));
  }

  /** A step is written when it is complete; that there will be a child, before there is one. */
  changed(process: ProcessView): void {
    if (!this.#hasBegun) return;
    const name = namespec(process);
    // The end of a crowd of steps may be far away, as where hundreds of children have ended at once.
    if (process.state === 'STARTING') return this.#write(name);
    if (this.#changed.size === 0) queueMicrotask(() => this.#writeChanged());
    this.#changed.add(name);
    return undefined;
  }

  removed(process: ProcessView): void {
    const name = namespec(process);
    this.#started.delete(name);
    this.#state.setChild(name, 0);
    this.#slice.delete(name);
  }

  /** The plan of a child, with the mark by which it is found. */
  marked(plan: SpawnPlan, process: ProcessView): SpawnPlan {
    const mark = this.#state.markOf(process);
    return mark === undefined ? plan : { ...plan, env: { ...plan.env, [MARK]: mark } };
  }

  #writeChanged(): void {
    for (const name of this.#changed) this.#write(name);
    this.#changed.clear();
  }

  #write(name: string): void {
    const process = this.#supervisor.find(name);
    if (process === undefined) return;
    const { record } = process;
    const { start, options } = this.#startedOf(process, record.pid);
    this.#slice.set(name, { record, start, options });
    this.#state.setChild(name, record.pid);
  }

  #startedOf(process: Process, pid: number): Started {
    const name = namespec(process);
    const known = this.#started.get(name);
    if (known?.pid === pid) return known;
    const options = this.#hashes.of(process.config);
    const started = { pid, start: pid === 0 ? '' : (startOf(pid) ?? ''), options };
    this.#started.set(name, started);
    return started;
  }
}
