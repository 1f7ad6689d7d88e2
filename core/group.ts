import type { GroupConfig } from './config.ts';
import { isStopped } from './machine/state.ts';
import type { ProcessContext } from './process-context.ts';
import { Process } from './process.ts';

/** Processes that are started, stopped and named together. */
export class Group {
  readonly config: GroupConfig;
  /** By name, in the order of the configuration: by priority, then name. */
  readonly processes: ReadonlyMap<string, Process>;

  constructor(config: GroupConfig, context: ProcessContext) {
    this.config = config;
    this.processes = new Map(
      config.processes.map((process) => [process.name, new Process(process, config.name, context)]),
    );
  }

  get name(): string {
    return this.config.name;
  }

  /** In the order of starting. Members of a `[group:x]` start as they are listed. */
  get inStartOrder(): readonly Process[] {
    return [...this.processes.values()];
  }

  get unstopped(): readonly Process[] {
    return this.inStartOrder.filter(({ state }) => !isStopped(state));
  }
}

/** Lowest priority first, then by name, as Supervisor sorts groups. */
export function byPriority(a: GroupConfig, b: GroupConfig): number {
  return a.priority - b.priority || (a.name < b.name ? -1 : 1);
}
