import type { Plugin, Supervisor } from '../../../core/index.ts';
import { countOpenFiles, readProcessTable } from './process-table.ts';
import { resourcesService, type Usage } from './service.ts';
import { readSystemUnits, type SystemUnits } from './system-units.ts';
import { ProcessTrees, sumUsage } from './usage.ts';

/**
 * Measures what programs use: processor time, memory, processes and open descriptors, each with its descendants.
 * Measures on request only, never by itself.
 */
export class ResourcesPlugin implements Plugin {
  readonly name = 'resources';
  readonly #proc: string;

  /** `proc`: where the file system of that name is mounted. */
  constructor({ proc = '/proc' }: { readonly proc?: string } = {}) {
    this.#proc = proc;
  }

  apply(supervisor: Supervisor): void {
    const proc = this.#proc;
    let units: SystemUnits | undefined;
    let trees: ProcessTrees | undefined;

    // Read once for all requests within one turn of the event loop: 500 requests cost hardly more than one.
    const treesNow = (): ProcessTrees | undefined => {
      if (trees !== undefined) return trees;
      const table = readProcessTable(proc);
      if (table === undefined) return undefined;
      setImmediate(() => (trees = undefined));
      return (trees = new ProcessTrees(table));
    };
    const usageOf = (pid: number, among: ProcessTrees): Usage | undefined => {
      units ??= readSystemUnits();
      return sumUsage(among.of(pid), units, (member) => countOpenFiles(member, proc));
    };

    const usages = (pids: readonly number[]): ReadonlyMap<number, Usage> | undefined => {
      const now = treesNow();
      if (now === undefined) return undefined;
      const found = pids.flatMap((pid) => {
        const usage = usageOf(pid, now);
        return usage === undefined ? [] : [[pid, usage] as const];
      });
      if (found.length > 0) supervisor.events.emit('resources:sampled', { usages: found });
      return new Map(found);
    };
    supervisor.provide(resourcesService, { usages, usage: (pid) => usages([pid])?.get(pid) });
  }
}
