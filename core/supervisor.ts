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
  /** What children inherit; the environment of this process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface UpdateOptions {
  readonly cause: Cause;
  /** Names of groups; without it, all that differ. */
  readonly groups?: readonly string[];
}

export interface UpdateResult {
  readonly plan: ReloadPlan;
  /** In the order of the plan. */
  readonly outcomes: readonly UpdateOutcome[];
}

/** How long a shutdown waits for plugins that are still about to open something. */
const OPENING_GRACE_MS = 2_000;

/** While a shutdown waits, it says for whom this often. Supervisor: every 3 s. */
const WAITING_REPORT_MS = 3_000;

/**
 * Supervises programs: holds their groups, starts and stops them in order, and offers the hooks, events and services
 * that plugins add everything else with. Complete without any plugin; then output goes to the daemon's own, and nothing is
 * restarted.
 *
 * @throws TSV_PLUGIN_APPLY, TSV_PLUGIN_TWICE from the constructor; nothing has been opened then.
 */
export class Supervisor {
  readonly hooks: Hooks;
  /** Makes the hooks that a plugin offers, with the isolation, deadlines and fault budget of the core's own. See `hooksOf`. */
  readonly hookFactory: HookFactory;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly plugins: readonly Plugin[];
  readonly #services = new Map<string, unknown>();
  readonly #context: ProcessContext;
  readonly #groups: Groups;
  /** One update after the other: each begins with what the one before it has left. */
  readonly #updates = new OperationQueue();
  #config: SupervisorConfig;
  /** What was opened with it is in use until the end: servers, logs, settings of the daemon. */
  #opened: SupervisorConfig;
  #state: SupervisorState = 'stopped';
  #opening: Promise<void> | undefined;
  /** Set while plugins open: gives up waiting for them. */
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

  /** The configuration as it was last read; not all of it need be in use. */
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

  /** The process of a `group:name`, or of a name alone where that is the name of its group, too. */
  find(spec: string): Process | undefined {
    const [group, name] = splitSpec(spec);
    return this.groups.get(group)?.processes.get(name);
  }

  /**
   * Offers a service to other plugins, for the life of this supervisor. To be called in `apply`.
   * @throws TSV_SERVICE_TWICE when there is one of that name.
   */
  provide<Service>({ name }: ServiceKey<Service>, implementation: NoInfer<Service>): void {
    if (this.#services.has(name)) throw tsvError('TSV_SERVICE_TWICE', [name]);
    this.#services.set(name, implementation);
  }

  /**
   * A service that a plugin provides; `undefined` where that plugin is not enabled. Never throws. To be called at each use and not
   * in `apply`, where the plugin that provides it may not have been applied yet. What the service throws is the caller's to catch.
   */
  use<Service>({ name }: ServiceKey<Service>): Service | undefined {
    return this.#services.get(name) as Service | undefined; // provided with a key of this name and type
  }

  /**
   * Opens what plugins open, then starts every program with `autostart`, in order. Resolves once all have been started;
   * they may still be STARTING.
   * @throws TSV_TAP_FAILED when a plugin refuses, TSV_START_ENDED when a shutdown was asked for and a plugin still hangs; then no
   * program was started.
   */
  async start(cause: Cause = { by: 'boot' }): Promise<void> {
    this.#opening = this.#open();
    await this.#opening;
    if (this.#closing !== undefined) return;
    await this.#start(this.processes.filter(byItself), cause);
  }

  /**
   * Stops every program, the last group first and each group whole before the next, then closes what plugins opened.
   * Asked again, or during a start, it is the same one end that is waited for. Every wait in it has a bound; plugins that
   * hang in `config` or `start` are given up after 2 s, and what they open later is for whoever ends the process.
   */
  shutdown(cause: Cause = { by: 'shutdown' }): Promise<void> {
    this.#closing ??= this.#close(cause).finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  /**
   * Takes note of a new configuration and tells what differs from what runs. Changes nothing that runs: that is for
   * {@link addGroup} and {@link removeGroup}, or for {@link update}.
   * @throws TSV_TAP_FAILED when a plugin refuses it; the old one stays, whole.
   */
  async reread(config: SupervisorConfig): Promise<Reload> {
    const { next, plan } = await this.#compare(config);
    if (!isEmptyPlan(plan)) await this.hooks.reload.promise(plan);
    this.#config = next;
    return plan.groups;
  }

  /**
   * What an {@link update} with this configuration would do, process by process. Changes nothing.
   * @throws TSV_TAP_FAILED when a plugin refuses the configuration.
   */
  async plan(config: SupervisorConfig): Promise<ReloadPlan> {
    return (await this.#compare(config)).plan;
  }

  /**
   * Puts a new configuration into use: what is the same is not touched, the rest is changed in place, restarted, added or
   * removed, each by itself. Resolves when all of that is done; a start is done when the child is there. With `groups`, only
   * those are dealt with. Updates that overlap are carried out one after the other.
   * @throws TSV_TAP_FAILED when a plugin refuses it, TSV_UNKNOWN_NAME, TSV_NOT_RUNNING; then nothing has changed.
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
   * @throws TSV_DUPLICATE_NAME when it is in use, TSV_UNKNOWN_NAME when the configuration has none of that name.
   */
  async addGroup(name: string, cause: Cause): Promise<void> {
    if (this.groups.has(name)) throw tsvError('TSV_DUPLICATE_NAME', ['group', name]);
    const config = this.#config.groups.find((group) => group.name === name);
    if (config === undefined) throw tsvError('TSV_UNKNOWN_NAME', [name]);
    await this.#start(this.#groups.add(config).inStartOrder.filter(byItself), cause);
  }

  /**
   * Takes a stopped group out of use.
   * @throws TSV_UNKNOWN_NAME, TSV_STILL_RUNNING.
   */
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
    givenUp.catch(() => undefined); // nobody may be waiting any more
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

  /** Whoever started it is told of its failure. */
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
          result.catch(() => undefined); // the refusal below says it all
          throw new Error('apply returned a promise; what takes time belongs into the start hook');
        }
      } catch (error) {
        throw tsvError('TSV_PLUGIN_APPLY', [plugin.name, reasonOf(error)], error);
      }
    }
  }

  /**
   * In this order. Between two spawns the event loop turns, so that clients are answered while many programs start. A start
   * that waits for a plugin does not hold up the next; resolves when all have been carried out.
   */
  async #start(processes: readonly Process[], cause: Cause): Promise<void> {
    const issued: Promise<void>[] = [];
    for (const process of processes) {
      // Between two turns the supervisor may be asked to end, and groups may come and go.
      if (this.#state !== 'running' || this.find(`${process.group}:${process.name}`) !== process) continue;
      issued.push(process.start(cause).issued);
      await new Promise((turn) => setImmediate(turn));
    }
    for (const result of await Promise.allSettled(issued)) {
      // One start that goes wrong in a way that nobody foresaw is not to leave the others alone.
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

/** `group:name` in its two parts; a name alone is both. Supervisor: split_namespec. */
export function splitSpec(spec: string): [group: string, name: string] {
  const colon = spec.indexOf(':');
  return colon === -1 ? [spec, spec] : [spec.slice(0, colon), spec.slice(colon + 1)];
}

/** Whether it is started together with its group. */
function byItself({ config }: Process): boolean {
  return config.autostart;
}
