import type { Cause } from './cause.ts';
import { systemClock, type Clock, type Timer } from './clock.ts';
import { supervisorConfig, type GroupConfig, type SupervisorConfig } from './config.ts';
import { tsvError, reasonOf } from './errors.ts';
import { EventBus, type SupervisorState } from './events.ts';
import { byPriority, Group } from './group.ts';
import { guardHook, type FaultReport, type Guard } from './hook-guard.ts';
import { createHooks, type Hooks } from './hooks.ts';
import type { Plugin } from './plugin.ts';
import { namespec } from './process-view.ts';
import type { ProcessContext } from './process-context.ts';
import type { Process } from './process.ts';
import { compareGroups, isNoChange, type Reload } from './reload.ts';
import { createSpawner, type Spawner } from './spawn/spawner.ts';

export interface SupervisorOptions {
  readonly config?: SupervisorConfig;
  readonly plugins?: readonly Plugin[];
  readonly clock?: Clock;
  readonly spawner?: Spawner;
  /** What children inherit; the environment of this process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** While a shutdown waits, it says for whom this often. Supervisor: every 3 s. */
const WAITING_REPORT_MS = 3_000;

/**
 * Supervises programs: holds their groups, starts and stops them in order, and offers the hooks and events that
 * plugins add everything else with. Complete without any plugin; then output goes to the daemon's own, and nothing is
 * restarted.
 *
 * @throws TSV_PLUGIN_APPLY, TSV_PLUGIN_TWICE from the constructor; nothing has been opened then.
 */
export class Supervisor {
  readonly hooks: Hooks;
  /**
   * For hooks that a plugin offers: the same isolation, naming, deadline and fault budget as the core's own have, on the
   * terms that the hook's contract states.
   */
  readonly guard: Guard;
  readonly events = new EventBus();
  readonly clock: Clock;
  readonly plugins: readonly Plugin[];
  readonly #context: ProcessContext;
  readonly #groups = new Map<string, Group>();
  #config: SupervisorConfig;
  #state: SupervisorState = 'stopped';
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor({
    config = supervisorConfig(),
    plugins = [],
    clock = systemClock,
    spawner = createSpawner(),
    env = process.env,
  }: SupervisorOptions = {}) {
    this.clock = clock;
    this.plugins = plugins;
    this.#config = config;
    this.guard = (hook, terms) => guardHook(hook, { ...terms, clock, report: (fault) => this.#reportFault(fault) });
    this.hooks = createHooks(this.guard);
    this.#context = {
      clock,
      hooks: this.hooks,
      events: this.events,
      spawner,
      env,
      serverurl: () => this.#config.serverurl,
      mayRestart: () => this.#state === 'running' || this.#state === 'starting',
    };
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
    return this.#groups;
  }

  /** All processes, group by group, in the order of starting. */
  get processes(): readonly Process[] {
    return [...this.#groups.values()].flatMap((group) => group.inStartOrder);
  }

  /** The process of a `group:name`, or of a name alone where that is the name of its group, too. */
  find(spec: string): Process | undefined {
    const [group, name] = splitSpec(spec);
    return this.#groups.get(group)?.processes.get(name);
  }

  /**
   * Opens what plugins open, then starts every program with `autostart`, in order. Resolves once all have been started;
   * they may still be STARTING.
   * @throws TSV_TAP_FAILED when a plugin refuses; then no program was started.
   */
  async start(cause: Cause = { by: 'boot' }): Promise<void> {
    this.#opening = this.#open();
    await this.#opening;
    // A copy: groups may come and go while programs start.
    const issued: Promise<void>[] = [];
    for (const group of Array.from(this.#groups.values())) issued.push(...(await this.#autostart(group, cause)));
    await Promise.all(issued);
  }

  /**
   * Stops every program, the last group first and each group whole before the next, then closes what plugins opened.
   * Asked again, or during a start, it is the same one end that is waited for.
   */
  shutdown(cause: Cause = { by: 'shutdown' }): Promise<void> {
    this.#closing ??= this.#close(cause).finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  /**
   * Takes note of a new configuration and tells what differs from what runs. Changes nothing that runs: that is for
   * {@link addGroup} and {@link removeGroup}.
   * @throws TSV_TAP_FAILED when a plugin refuses it; the old one stays, whole.
   */
  async reread(config: SupervisorConfig): Promise<Reload> {
    const next = await this.hooks.config.promise(config);
    const running = [...this.#groups.values()].map((group) => group.config);
    const reload = await compareGroups(running, [...next.groups].sort(byPriority));
    if (!isNoChange(reload)) await this.hooks.reload.promise(reload);
    this.#config = next;
    return reload;
  }

  /**
   * Puts a group of the configuration into use, and starts its programs with `autostart`.
   * @throws TSV_DUPLICATE_NAME when it is in use, TSV_UNKNOWN_NAME when the configuration has none of that name.
   */
  async addGroup(name: string, cause: Cause): Promise<void> {
    if (this.#groups.has(name)) throw tsvError('TSV_DUPLICATE_NAME', ['group', name]);
    const config = this.#config.groups.find((group) => group.name === name);
    if (config === undefined) throw tsvError('TSV_UNKNOWN_NAME', [name]);
    await Promise.all(await this.#autostart(this.#add(config), cause));
  }

  /**
   * Takes a stopped group out of use.
   * @throws TSV_UNKNOWN_NAME, TSV_STILL_RUNNING.
   */
  removeGroup(name: string): void {
    const group = this.#groups.get(name);
    if (group === undefined) throw tsvError('TSV_UNKNOWN_NAME', [name]);
    if (group.unstopped.length > 0) throw tsvError('TSV_STILL_RUNNING', [name]);
    this.#groups.delete(name);
    for (const process of group.inStartOrder) this.events.emit('process:removed', { process: process.view });
    this.events.emit('group:removed', { group: name });
  }

  async #open(): Promise<void> {
    this.#become('starting');
    try {
      this.#config = await this.hooks.config.promise(this.#config);
      for (const group of [...this.#config.groups].sort(byPriority)) this.#add(group);
      await this.hooks.start.promise();
    } catch (error) {
      await this.hooks.shutdown.promise();
      this.#become('stopped');
      throw error;
    }
    this.#become('running');
  }

  async #close(cause: Cause): Promise<void> {
    await this.#opening?.catch(() => undefined); // whoever started it is told of its failure
    if (this.#state !== 'running') return;
    this.#become('stopping');
    const report = this.#reportWaiting();
    for (const group of Array.from(this.#groups.values()).reverse()) {
      await Promise.all([...group.inStartOrder].reverse().map((process) => process.stop(cause).done));
    }
    report.cancel();
    await this.hooks.shutdown.promise();
    this.#become('stopped');
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

  #add(config: GroupConfig): Group {
    const group = new Group(config, this.#context);
    this.#groups.set(config.name, group);
    this.#sortGroups();
    for (const process of group.inStartOrder) {
      this.hooks.process.call(process);
      this.events.emit('process:added', { process: process.view });
    }
    this.events.emit('group:added', { group: config.name });
    return group;
  }

  #sortGroups(): void {
    const sorted = [...this.#groups.values()].sort((a, b) => byPriority(a.config, b.config));
    this.#groups.clear();
    for (const group of sorted) this.#groups.set(group.name, group);
  }

  /**
   * Between two spawns the event loop turns, so that clients are answered while many programs start. A start that waits
   * for a plugin does not hold up the next; the answer tells when all have been carried out.
   */
  async #autostart(group: Group, cause: Cause): Promise<readonly Promise<void>[]> {
    const issued: Promise<void>[] = [];
    for (const process of group.inStartOrder) {
      if (!process.config.autostart || this.#state !== 'running') continue;
      issued.push(process.start(cause).issued);
      await new Promise((turn) => setImmediate(turn));
    }
    return issued;
  }

  #reportFault({ disabled, ...fault }: Parameters<FaultReport>[0]): void {
    this.events.emit('plugin:error', fault);
    if (disabled) this.events.emit('plugin:disabled', { plugin: fault.plugin, where: fault.where, count: fault.count });
  }

  #reportWaiting(): Timer {
    let timer: Timer | undefined;
    const report = (): void => {
      const names = [...this.#groups.values()].flatMap((group) => group.unstopped.map((process) => namespec(process)));
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
