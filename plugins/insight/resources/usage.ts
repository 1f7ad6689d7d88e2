import type { Usage } from './service.ts';
import type { Entry } from './process-table.ts';
import type { SystemUnits } from './system-units.ts';

/**
 * The processes of a program, from the table of all: itself, its descendants, and the members of the session that it
 * leads (the parent of a worker may have exited, so that the worker now belongs to init).
 */
export class ProcessTrees {
  readonly #byPid: ReadonlyMap<number, Entry>;
  readonly #byParent: ReadonlyMap<number, readonly Entry[]>;
  readonly #bySession: ReadonlyMap<number, readonly Entry[]>;

  constructor(table: readonly Entry[]) {
    this.#byPid = new Map(table.map((entry) => [entry.pid, entry]));
    this.#byParent = groupBy(table, ({ parent }) => parent);
    this.#bySession = groupBy(table, ({ session }) => session);
  }

  /** Empty if there is no such process. */
  of(pid: number): readonly Entry[] {
    const root = this.#byPid.get(pid);
    if (root === undefined) return [];
    // Grows during the iteration. A set, because most processes are found in both ways, and a table that changed while
    // it was read could contain loops.
    const found = new Set([root, ...(this.#bySession.get(pid) ?? [])]);
    for (const entry of found) for (const child of this.#byParent.get(entry.pid) ?? []) found.add(child);
    return [...found];
  }
}

/** What they use together. */
export function sumUsage(
  tree: readonly Entry[],
  { pageBytes, ticksPerSecond }: SystemUnits,
  openFilesOf: (pid: number) => number | undefined,
): Usage | undefined {
  if (tree.length === 0) return undefined;
  let ticks = 0;
  let pages = 0;
  let openFiles: number | undefined = 0;
  for (const entry of tree) {
    ticks += entry.ticks;
    pages += entry.residentPages;
    const more: number | undefined = openFiles === undefined ? undefined : openFilesOf(entry.pid);
    openFiles = more === undefined || openFiles === undefined ? undefined : openFiles + more;
  }
  return {
    cpuSeconds: ticks / ticksPerSecond,
    memoryBytes: pages * pageBytes,
    processes: tree.length,
    ...(openFiles !== undefined && { openFiles }),
  };
}

function groupBy(table: readonly Entry[], keyOf: (entry: Entry) => number): Map<number, Entry[]> {
  const groups = new Map<number, Entry[]>();
  for (const entry of table) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}
