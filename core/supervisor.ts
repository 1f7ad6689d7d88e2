import nodeProcess from 'node:process';
import type { Cause } from './cause.ts';
import { systemClock, type Clock, type Timer } from './clock.ts';
import { supervisorConfig, type SupervisorConfig } from './config.ts';
import { tsvError, reasonOf } from './errors.ts';
import { EventBus, type SupervisorState } from './events.ts';
import { byPriority, type Group } from './group.ts';
import { Groups } from './groups.ts';
import { createHookFactory, type HookFactory } from './hook-factory.ts';
import type { FaultReport } from './hook-guard.ts';
import { createHooks, type Hooks } from './hooks.ts';
import type { Plugin } from './plugin.ts';
import { OperationQueue } from './operation-queue.ts';
import { namespec } from './process-view.ts';
import type { ProcessContext } from './process-context.ts';
import type { Process } from './process.ts';
import { changeTables } from './reload/change-tables.ts';
import type { Reload } from './reload/compare.ts';
import { loadEqual } from './reload/equal.ts';
import { isEmptyPlan, onlyGroups, planReload, type ReloadPlan } from './reload/plan.ts';
import { describeUpdate, Update, type UpdateOutcome } from './reload/update.ts';
import type { ServiceKey } from './services.ts';
import { createSpawner } from './spawn/node-spawner.ts';
import type { Spawner } from './spawn/spawner.ts';

export interface SupervisorOptions {
  readonly config?: SupervisorConfig;
  readonly plugins?: readonly Plugin[];
  readonly clock?: Clock;
  readonly spawner?: Spawner;
  /** The environment that children inherit; by default that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface UpdateOptions {
  readonly cause: Cause;
  /** Names of groups to update; by default all that differ. */
  readonly groups?: readonly string[];
}

export interface UpdateResult {
  readonly plan: ReloadPlan;
  /** In the order of the plan. */
  readonly outcomes: readonly UpdateOutcome[];
}

/** How long a shutdown waits for plugins that are still opening resources. */
const OPENING_GRACE_MS = 2_000;

/** How often a waiting shutdown reports the processes that it waits for. Supervisor: every 3 s. */
const WAITING_REPORT_MS = 3_000;

/**
 * Supervises programs: holds their groups, starts and stops them in order, and offers the hooks, events and services by
 * which plugins add everything else. It works without any plugin; then output goes to the daemon's own, and nothing is
 * restarted.
 *
 * @throws TSV_PLUGIN_APPLY, TSV_PLUGIN_TWICE from the constructor; nothing has been opened then.
 */
export class Supervisor {
  readonly hooks: Hooks;
  /**
   * Makes the hooks that a plugin offers, with the isolation, deadlines and fault budget of the core's own. See
   * `hooksOf`.
   */
  readonly hookFactory: HookFactory;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly plugins: readonly Plugin[];
  readonly #services = new Map<string, unknown>();
  readonly #context: ProcessContext;
  readonly #groups: Groups;
  /** Runs updates one after the other; each starts from the result of the one before. */
  readonly #updates = new OperationQueue();
  #config: SupervisorConfig;
  /** The configuration that plugins opened with. Servers, logs and daemon settings follow it until the end. */
  #opened: SupervisorConfig;
  #state: SupervisorState = 'stopped';
  #opening: Promise<void> | undefined;
  /** Set while plugins open: cancels the wait for them. */
  #giveUpOpening: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor({
    config = supervisorConfig(),
    plugins = [],
    clock = systemClock,
    spawner = createSpawner(),
    env = nodeProcess.env,
  }: SupervisorOptions = {}) {
    this.clock = clock;
    this.events = new EventBus(clock);
    this.plugins = plugins;
    this.#config = config;
    this.#opened = config;
    this.hookFactory = createHookFactory({
      clock,
      report: (fault) => this.#reportFault(fault),
      reportHeldUp: (call) => this.events.emit('plugin:held-up', call),
    });
    this.hooks = createHooks(this.hookFactory);
    this.#context = {
      clock,
      hooks: this.hooks,
      events: this.events,
      spawner,
      env,
      serverurl: () => this.#opened.serverurl,
      mayStart: () => this.#state === 'running' || this.#state === 'starting',
    };
    this.#groups = new Groups(this.#context);
    this.#apply(plugins);
  }

  /** The configuration as it was last read; parts of it may not be in use. */
  get config(): SupervisorConfig {
    return this.#config;
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /** By name, in the order of starting. */
  get groups(): ReadonlyMap<string, Group> {
    return this.#groups.byName;
  }

  /** All processes, group by group, in the order of starting. */
  get processes(): readonly Process[] {
    return this.#groups.inStartOrder.flatMap((group) => group.inStartOrder);
  }

  /** Finds a process by `group:name`, or by a name alone if its group has the same name. */
  find(spec: string): Process | undefined {
    const [group, name] = splitSpec(spec);
    return this.groups.get(group)?.processes.get(name);
  }

  /**
   * Provides a service to other plugins, for the life of this supervisor. Call it in `apply`.
   * @throws TSV_SERVICE_TWICE if the name is taken.
   */
  provide<Service>({ name }: ServiceKey<Service>, implementation: NoInfer<Service>): void {
    if (this.#services.has(name)) throw tsvError('TSV_SERVICE_TWICE', [name]);
    this.#services.set(name, implementation);
  }

  /**
   * Finds a service; `undefined` if no enabled plugin provides it. Never throws. Call it at each use and not in
   * `apply`, where the providing plugin may not have been applied yet. The caller catches what the service throws.
   */
  use<Service>({ name }: ServiceKey<Service>): Service | undefined {
    return this.#services.get(name) as Service | undefined; // provided with a key of this name and type
  }

  /**
   * Runs the `start` hook, then starts every program with `autostart`, in order. Resolves once all have been started;
   * they may still be STARTING.
   * @throws TSV_TAP_FAILED if a plugin refuses; TSV_START_ENDED if a shutdown was requested while a plugin hangs. No
   *   program was started then.
   */
  async start(cause: Cause = { by: 'boot' }): Promise<void> {
    this.#opening = this.#open();
    await this.#opening;
    if (this.#closing !== undefined) return;
    // One that was resumed is in the state that it was left in.
    const fresh = this.processes.filter((process) => byItself(process) && process.isUntouched);
    await this.#start(fresh, cause);
  }

  /**
   * Stops every program: the last group first, and each group completely before the next. Then runs the `shutdown`
   * hook. A second call, or a call during a start, returns the same shutdown. Every wait has a bound: plugins that hang
   * in `config` or `start` are given up after 2 s, and what they open later stays open until the process exits.
   */
  shutdown(cause: Cause = { by: 'shutdown' }): Promise<void> {
    this.#closing ??= this.#close(cause).finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  /**
   * Stores a new configuration and reports what differs from the one in use. Changes nothing that runs: that is for
   * {@link addGroup} and {@link removeGroup}, or for {@link update}.
   * @throws TSV_TAP_FAILED if a plugin refuses it; the old configuration stays.
   */
  async reread(config: SupervisorConfig): Promise<Reload> {
    const { next, plan } = await this.#compare(config);
    if (!isEmptyPlan(plan)) await this.hooks.reload.promise(plan);
    this.#config = next;
    return plan.groups;
  }

  /**
   * Describes what an {@link update} with this configuration would do, process by process. Changes nothing.
   * @throws TSV_TAP_FAILED if a plugin refuses the configuration.
   */
  async plan(config: SupervisorConfig): Promise<ReloadPlan> {
    return (await this.#compare(config)).plan;
  }

  /**
   * Puts a new configuration into use. Unchanged processes are not touched; the others are reconfigured in place,
   * restarted, added or removed, each separately. Resolves when everything is done; a start is done when the child
   * exists. With `groups`, only those are updated. Overlapping updates run one after the other.
   * @throws TSV_TAP_FAILED if a plugin refuses it, TSV_UNKNOWN_NAME, TSV_NOT_RUNNING; then nothing has changed.
   */
  update(config: SupervisorConfig, { cause, groups }: UpdateOptions): Promise<UpdateResult> {
    return this.#updates.run(async () => {
      const { next, plan: whole } = await this.#compare(config);
      const plan = groups === undefined ? whole : onlyGroups(whole, groups);
      const unknown = groups?.find((name) => !this.groups.has(name) && !whole.groups.added.includes(name));
      if (unknown !== undefined) throw tsvError('TSV_UNKNOWN_NAME', [unknown]);
      if (!isEmptyPlan(plan)) await this.hooks.reload.promise(plan);
      if (this.#state !== 'running') throw tsvError('TSV_NOT_RUNNING', [this.#state]);
      this.#config = next;
      const update = new Update(plan, next.groups, {
        groups: this.#groups,
        cause,
        start: (processes, why) => this.#start(processes, why),
      });
      const outcomes = await update.carryOut();
      this.events.emit('config:reloaded', { cause, ...describeUpdate(outcomes) });
      return { plan, outcomes };
    });
  }

  async #compare(config: SupervisorConfig): Promise<{ next: SupervisorConfig; plan: ReloadPlan }> {
    const next = await this.hooks.config.promise(config);
    const equal = await loadEqual();
    const plan = planReload(
      { groups: this.#groups.inStartOrder.map((group) => group.config), sections: this.#opened.sections },
      { groups: [...next.groups].sort(byPriority), sections: next.sections },
      {
        equal,
        tables: changeTables(this.plugins),
        isWanted: (group, name) => this.groups.get(group)?.processes.get(name)?.isWanted === true,
      },
    );
    return { next, plan };
  }

  /**
   * Puts a group of the configuration into use, and starts its programs with `autostart`.
   * @throws TSV_DUPLICATE_NAME if it is in use, TSV_UNKNOWN_NAME if the configuration has no group of that name.
   */
  async addGroup(name: string, cause: Cause): Promise<void> {
    if (this.groups.has(name)) throw tsvError('TSV_DUPLICATE_NAME', ['group', name]);
    const config = this.#config.groups.find((group) => group.name === name);
    if (config === undefined) throw tsvError('TSV_UNKNOWN_NAME', [name]);
    await this.#start(this.#groups.add(config).inStartOrder.filter(byItself), cause);
  }

  /** Removes a stopped group. */
  removeGroup(name: string): void {
    const group = this.groups.get(name);
    if (group === undefined) throw tsvError('TSV_UNKNOWN_NAME', [name]);
    if (group.unstopped.length > 0) throw tsvError('TSV_STILL_RUNNING', [name]);
    this.#groups.remove(group);
  }

  async #open(): Promise<void> {
    this.#become('starting');
    const givenUp = new Promise<never>((_, reject) => {
      this.#giveUpOpening = () => reject(tsvError('TSV_START_ENDED', []));
    });
    givenUp.catch(() => undefined); // nobody may wait for it any more
    try {
      this.#config = await Promise.race([this.hooks.config.promise(this.#config), givenUp]);
      this.#opened = this.#config;
      for (const group of [...this.#config.groups].sort(byPriority)) this.#groups.add(group);
      await Promise.race([this.hooks.start.promise(), givenUp]);
    } catch (error) {
      await this.hooks.shutdown.promise();
      this.#become('stopped');
      throw error;
    }
    this.#become('running');
  }

  async #close(cause: Cause): Promise<void> {
    if (this.#state === 'starting') await this.#endOfOpening();
    if (this.#state !== 'running') return;
    this.#become('stopping');
    const report = this.#reportWaiting();
    for (const group of this.#groups.inStartOrder.toReversed()) {
      await Promise.all([...group.inStartOrder].reverse().map((process) => process.stop(cause).done));
    }
    report.cancel();
    await this.hooks.shutdown.promise();
    this.#become('stopped');
  }

  /** Its failure is reported by `start`. */
  async #endOfOpening(): Promise<void> {
    const grace = this.clock.setTimer(OPENING_GRACE_MS, () => this.#giveUpOpening?.());
    await this.#opening?.catch(() => undefined);
    grace.cancel();
  }

  #apply(plugins: readonly Plugin[]): void {
    const names = new Set<string>();
    for (const plugin of plugins) {
      if (names.has(plugin.name)) throw tsvError('TSV_PLUGIN_TWICE', [plugin.name]);
      names.add(plugin.name);
      try {
        const result: unknown = plugin.apply(this);
        if (result instanceof Promise) {
          result.catch(() => undefined); // the error below covers it
          throw new Error('apply returned a promise; what takes time belongs into the start hook');
        }
      } catch (error) {
        throw tsvError('TSV_PLUGIN_APPLY', [plugin.name, reasonOf(error)], error);
      }
    }
  }

  /**
   * Starts processes in this order. The event loop turns between two spawns, so clients are served while many programs
   * start. A start that waits for a plugin does not delay the next. Resolves when all have been carried out.
   */
  async #start(processes: readonly Process[], cause: Cause): Promise<void> {
    const issued: Promise<void>[] = [];
    for (const process of processes) {
      // Between two turns, a shutdown may be requested and groups may be added or removed.
      if (this.#state !== 'running' || this.find(`${process.group}:${process.name}`) !== process) continue;
      issued.push(process.start(cause).issued);
      await new Promise((turn) => setImmediate(turn));
    }
    for (const result of await Promise.allSettled(issued)) {
      // An unforeseen failure of one start must not affect the others.
      if (result.status === 'rejected')
        this.events.emit('supervisor:error', { where: 'start of a program', error: result.reason });
    }
  }

  #reportFault({ disabled, ...fault }: Parameters<FaultReport>[0]): void {
    this.events.emit('plugin:error', fault);
    if (disabled) this.events.emit('plugin:disabled', { plugin: fault.plugin, where: fault.where, count: fault.count });
  }

  #reportWaiting(): Timer {
    let timer: Timer | undefined;
    const report = (): void => {
      const names = this.#groups.inStartOrder.flatMap((group) => group.unstopped.map((process) => namespec(process)));
      if (names.length > 0) this.events.emit('supervisor:waiting', { names });
      timer = this.clock.setTimer(WAITING_REPORT_MS, report);
    };
    report();
    return { cancel: () => timer?.cancel() };
  }

  #become(to: SupervisorState): void {
    const from = this.#state;
    this.#state = to;
    if (from !== to) this.events.emit('supervisor:state', { from, to });
  }
}

/** Splits `group:name`; a name alone stands for both parts. Supervisor: split_namespec. */
export function splitSpec(spec: string): [group: string, name: string] {
  const colon = spec.indexOf(':');
  return colon === -1 ? [spec, spec] : [spec.slice(0, colon), spec.slice(colon + 1)];
}

/** Whether it is started together with its group (`autostart`). */
function byItself({ config }: Process): boolean {
  return config.autostart;
}
