import type { Cause } from '../cause.ts';
import type { GroupConfig, ProcessConfig } from '../config.ts';
import type { EventMap } from '../events.ts';
import { isAtRest, type Group } from '../group.ts';
import type { Groups } from '../groups.ts';
import { namespec } from '../process-view.ts';
import type { Process } from '../process.ts';
import { unreachable } from '../unreachable.ts';
import type { PlannedProcess, ReloadPlan } from './plan.ts';

/** The result for one process of the plan. On failure the process and its configuration stay as they were. */
export type UpdateOutcome = PlannedProcess & ({ readonly ok: true } | { readonly ok: false; readonly reason: string });

/** What carrying out a plan needs. */
export interface UpdateContext {
  readonly groups: Groups;
  readonly cause: Cause;
  /**
   * Starts the processes in this order, unless the supervisor shuts down. Resolves when every start was carried out.
   */
  readonly start: (processes: readonly Process[], cause: Cause) => Promise<void>;
}

/** Why it failed; `undefined` on success. */
type Failure = string | undefined;

const GONE = 'it was taken out of use meanwhile';
const AGAIN = 'somebody started it again meanwhile';

/**
 * Carries out a plan. In-place changes come first and take effect at once. Then every process is handled separately, so
 * a slow stop delays no other restart. Only additions wait until all removals are done: a program that was renamed, or
 * moved to another group, needs the port that its old process holds. Additions start in the order of priorities.
 */
export class Update {
  readonly #plan: ReloadPlan;
  readonly #next: ReadonlyMap<string, GroupConfig>;
  /** By group, then name. */
  readonly #configs: ReadonlyMap<string, ReadonlyMap<string, ProcessConfig>>;
  readonly #context: UpdateContext;
  readonly #toStart: Process[] = [];

  constructor(plan: ReloadPlan, next: readonly GroupConfig[], context: UpdateContext) {
    this.#plan = plan;
    this.#next = new Map(next.map((group) => [group.name, group]));
    this.#configs = new Map(
      next.map(({ name, processes }) => [name, new Map(processes.map((process) => [process.name, process]))]),
    );
    this.#context = context;
  }

  async carryOut(): Promise<readonly UpdateOutcome[]> {
    const { processes, groups, groupOptions } = this.#plan;
    const whole = new Map(
      groupOptions.flatMap((one) => (one.isReplaced ? [[one.group, this.#replace(one.group)]] : [])),
    );
    const single = processes.filter(({ group }) => !whole.has(group));
    const results = new Map<PlannedProcess, Promise<Failure>>();
    const begin = (entries: readonly PlannedProcess[]): void => {
      for (const entry of entries) results.set(entry, this.#begin(entry));
    };
    for (const name of groups.added) this.#addGroup(name);
    begin(single.filter((entry) => !takesStop(entry)));
    this.#settle(new Set(whole.keys()));
    begin(single.filter(takesStop).toReversed()); // last started, first stopped

    for (const entry of single) if (entry.kind === 'remove') await results.get(entry);
    this.#dropGroups();
    await this.#context.start(this.#toStart, this.#cause('newly configured'));
    const outcomes = await Promise.all(
      processes.map(async (entry) => outcomeOf(entry, await (results.get(entry) ?? whole.get(entry.group)))),
    );
    await Promise.all(whole.values());
    this.#settle(new Set(whole.keys()));
    return outcomes;
  }

  async #begin(entry: PlannedProcess): Promise<Failure> {
    switch (entry.kind) {
      case 'add':
        return this.#add(entry);
      case 'remove':
        return await this.#remove(entry);
      case 'restart':
        return await this.#restart(entry);
      case 'start':
      case 'live':
        return this.#changeInPlace(entry);
      default:
        return unreachable(entry);
    }
  }

  #addGroup(name: string): void {
    const next = this.#next.get(name);
    if (next === undefined || this.#context.groups.byName.has(name)) return;
    const { inStartOrder } = this.#context.groups.add(next);
    this.#toStart.push(...inStartOrder.filter(({ config }) => config.autostart));
  }

  #add({ group: groupName, name }: PlannedProcess): Failure {
    const group = this.#context.groups.byName.get(groupName);
    const next = this.#configOf(groupName, name);
    if (group === undefined || next === undefined) return GONE;
    if (group.processes.has(name)) return undefined; // it was added with its group
    const process = this.#context.groups.addMember(group, next);
    if (next.autostart) this.#toStart.push(process);
    return undefined;
  }

  #changeInPlace({ group, name }: PlannedProcess): Failure {
    const process = this.#find(group, name);
    const next = this.#configOf(group, name);
    if (process === undefined || next === undefined) return GONE;
    const isTurnedOn = !process.config.autostart && next.autostart;
    process.reconfigure(next);
    // It was never started or requested, so the configuration decides.
    if (isTurnedOn && process.isUntouched) this.#toStart.push(process);
    return undefined;
  }

  async #remove({ group: groupName, name }: PlannedProcess): Promise<Failure> {
    const group = this.#context.groups.byName.get(groupName);
    const process = group?.processes.get(name);
    if (group === undefined || process === undefined) return undefined;
    const stopped = await process.stop(this.#cause('no longer configured')).done;
    if (stopped.kind === 'failed') return stopped.reason;
    if (this.#find(groupName, name) !== process) return undefined;
    if (!isAtRest(process)) return AGAIN;
    this.#context.groups.removeMember(group, process);
    return undefined;
  }

  async #restart(entry: Extract<PlannedProcess, { changes: unknown }>): Promise<Failure> {
    const process = this.#find(entry.group, entry.name);
    const next = this.#configOf(entry.group, entry.name);
    if (process === undefined || next === undefined) return GONE;
    const options = entry.changes.map(({ option }) => option).join(', ');
    const result = await process.replace(next, this.#cause(`changed: ${options}`));
    return result.kind === 'failed' ? result.reason : undefined;
  }

  /** Replaces all of its processes, or none: if one cannot be stopped, the others are started again. */
  async #replace(name: string): Promise<Failure> {
    const { groups, start } = this.#context;
    const group = groups.byName.get(name);
    const next = this.#next.get(name);
    if (group === undefined || next === undefined) return GONE;
    const cause = this.#cause(`the group ${name} changed`);
    const before = group.inStartOrder;
    const up = new Set(before.filter(({ isWanted }) => isWanted));
    const stops = before.toReversed().map((process) => process.stop(cause, { isForRestart: true }).done);
    const results = await Promise.all(stops);
    if (groups.byName.get(name) !== group) return GONE;
    const stuck = results.find(({ kind }) => kind === 'failed');
    // A process that was stopped by hand in the meantime stays stopped.
    const wanted = before.filter((process) => up.has(process) && process.view.want === 'up');
    if (stuck?.kind === 'failed' || !before.every(isAtRest)) {
      await start(wanted.filter(isAtRest), cause);
      return stuck?.kind === 'failed' ? `a member of its group cannot be stopped: ${stuck.reason}` : AGAIN;
    }
    groups.remove(group);
    const made = groups.add(next);
    await start(
      made.inStartOrder.filter((process) => isToStart(process, group, wanted)),
      cause,
    );
    return undefined;
  }

  /** Removes groups that the new configuration lacks and that have no process left. */
  #dropGroups(): void {
    for (const name of this.#plan.groups.removed) {
      const group = this.#context.groups.byName.get(name);
      if (group?.processes.size === 0) this.#context.groups.remove(group);
    }
  }

  /** Gives the groups their new order and priority, and the configuration that their processes have. */
  #settle(whole: ReadonlySet<string>): void {
    const { groups } = this.#context;
    const { processes, groupOptions } = this.#plan;
    const touched = new Set([...processes, ...groupOptions].map(({ group }) => group));
    for (const group of groups.inStartOrder) {
      if (touched.has(group.name) && !whole.has(group.name))
        groups.settle(group, this.#next.get(group.name) ?? group.config);
    }
  }

  #find(group: string, name: string): Process | undefined {
    return this.#context.groups.byName.get(group)?.processes.get(name);
  }

  #configOf(group: string, name: string): ProcessConfig | undefined {
    return this.#configs.get(group)?.get(name);
  }

  #cause(why: string): Cause {
    const { detail } = this.#context.cause;
    return { by: 'reload', detail: detail === undefined ? why : `${why} (${detail})` };
  }
}

/** The outcomes as the event reports them: names and reasons, no values. */
export function describeUpdate(outcomes: readonly UpdateOutcome[]): Omit<EventMap['config:reloaded'], 'cause'> {
  const named = (...kinds: PlannedProcess['kind'][]): string[] =>
    outcomes.flatMap((outcome) => (outcome.ok && kinds.includes(outcome.kind) ? [namespec(outcome)] : []));
  return {
    added: named('add'),
    removed: named('remove'),
    restarted: named('restart'),
    changed: named('start', 'live'),
    failed: outcomes.flatMap((outcome) => (outcome.ok ? [] : [{ name: namespec(outcome), reason: outcome.reason }])),
  };
}

function takesStop({ kind }: PlannedProcess): boolean {
  return kind === 'remove' || kind === 'restart';
}

function outcomeOf(entry: PlannedProcess, failure: Failure): UpdateOutcome {
  return failure === undefined ? { ...entry, ok: true } : { ...entry, ok: false, reason: failure };
}

/** For a replaced group: start the processes that were up before, and new ones with `autostart`. */
function isToStart({ name, config }: Process, before: Group, wanted: readonly Process[]): boolean {
  if (!before.processes.has(name)) return config.autostart;
  return wanted.some((process) => process.name === name);
}
