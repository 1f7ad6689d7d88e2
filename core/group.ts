import type { GroupConfig, ProcessConfig } from './config.ts';
import { isStopped } from './machine/state.ts';
import type { ProcessContext } from './process-context.ts';
import { Process } from './process.ts';

/** Processes that are started, stopped and named together. */
export class Group {
  readonly #context: ProcessContext;
  readonly #processes = new Map<string, Process>();
  #config: GroupConfig;

  constructor(config: GroupConfig, context: ProcessContext) {
    this.#context = context;
    this.#config = config;
    for (const process of config.processes) this.#processes.set(process.name, this.#make(process));
  }

  /** The configuration in use. If a process could not take over its new configuration, it contains the old one. */
  get config(): GroupConfig {
    return this.#config;
  }

  get name(): string {
    return this.#config.name;
  }

  /** By name, in the order of the configuration: by priority, then name. */
  get processes(): ReadonlyMap<string, Process> {
    return this.#processes;
  }

  /** In the order of starting. Members of a `[group:x]` start as they are listed. */
  get inStartOrder(): readonly Process[] {
    return [...this.#processes.values()];
  }

  /** Processes that run, or will run again without a request. */
  get unstopped(): readonly Process[] {
    return this.inStartOrder.filter((process) => !isAtRest(process));
  }

  /** Adds a member; it is last in order until {@link settle} is called. */
  add(config: ProcessConfig): Process {
    const process = this.#make(config);
    this.#processes.set(config.name, process);
    return process;
  }

  /** Removes a member. The caller has stopped it. */
  remove(name: string): void {
    this.#processes.delete(name);
  }

  /** Takes over priority, options and order of a configuration. Members keep the configuration that they have. */
  settle(next: GroupConfig): void {
    const position = new Map(next.processes.map(({ name }, index) => [name, index]));
    const last = next.processes.length;
    const order = (process: Process): number => position.get(process.name) ?? last;
    const members = this.inStartOrder.toSorted((one, other) => order(one) - order(other));
    this.#processes.clear();
    for (const process of members) this.#processes.set(process.name, process);
    this.#config = Object.freeze({ ...next, processes: Object.freeze(members.map(({ config }) => config)) });
  }

  #make(config: ProcessConfig): Process {
    return new Process(config, this.name, this.#context);
  }
}

/** Nothing runs, and nothing will start without a request. */
export function isAtRest(process: Process): boolean {
  return isStopped(process.state) && !process.isStoppable;
}

/** Lowest priority first, then by name, as Supervisor sorts groups. */
export function byPriority(a: GroupConfig, b: GroupConfig): number {
  return a.priority - b.priority || (a.name < b.name ? -1 : 1);
}
