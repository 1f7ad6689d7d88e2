import type { GroupConfig, ProcessConfig } from './config.ts';
import { byPriority, Group } from './group.ts';
import type { ProcessContext } from './process-context.ts';
import type { Process } from './process.ts';

/** The groups in use, in starting order. Plugins are notified of every addition and removal. */
export class Groups {
  readonly #context: ProcessContext;
  readonly #byName = new Map<string, Group>();

  constructor(context: ProcessContext) {
    this.#context = context;
  }

  get byName(): ReadonlyMap<string, Group> {
    return this.#byName;
  }

  /** A copy: groups may be added or removed while a caller iterates. */
  get inStartOrder(): readonly Group[] {
    return [...this.#byName.values()];
  }

  add(config: GroupConfig): Group {
    const group = new Group(config, this.#context);
    this.#byName.set(config.name, group);
    this.#sort();
    for (const process of group.inStartOrder) this.#introduce(process);
    this.#context.events.emit('group:added', { group: config.name });
    return group;
  }

  /** The caller has stopped its processes. */
  remove(group: Group): void {
    const { events } = this.#context;
    this.#byName.delete(group.name);
    for (const process of group.inStartOrder) {
      process.remove();
      events.emit('process:removed', { process: process.view });
    }
    events.emit('group:removed', { group: group.name });
  }

  addMember(group: Group, config: ProcessConfig): Process {
    const process = group.add(config);
    this.#introduce(process);
    return process;
  }

  /** The caller has stopped it. */
  removeMember(group: Group, process: Process): void {
    group.remove(process.name);
    process.remove();
    this.#context.events.emit('process:removed', { process: process.view });
  }

  /** See {@link Group.settle}. */
  settle(group: Group, next: GroupConfig): void {
    group.settle(next);
    this.#sort();
  }

  #introduce(process: Process): void {
    this.#context.hooks.process.call(process);
    this.#context.events.emit('process:added', { process: process.view });
  }

  #sort(): void {
    const sorted = this.inStartOrder.toSorted((one, other) => byPriority(one.config, other.config));
    this.#byName.clear();
    for (const group of sorted) this.#byName.set(group.name, group);
  }
}
