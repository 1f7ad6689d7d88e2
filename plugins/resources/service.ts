import { service } from '../../core/index.ts';

/** What a program and everything it started use, together, at one moment. */
export interface Usage {
  /** Processor time so far, of those that have ended and were waited for, too. */
  readonly cpuSeconds: number;
  /** Resident memory. Pages that several of them share are counted for each. */
  readonly memoryBytes: number;
  /** How many processes they are; the program itself is one. */
  readonly processes: number;
  /** Open descriptors; absent where one of them belongs to a user whose descriptors we may not see. */
  readonly openFiles?: number;
}

export interface ResourcesService {
  /** What a child uses now. `undefined`: there is no such process, or the system does not tell (no `/proc`). */
  usage(pid: number): Usage | undefined;
  /**
   * The same of many children in one go, by pid; those of which nothing is known are left out. `undefined`: the system
   * does not tell.
   */
  usages(pids: readonly number[]): ReadonlyMap<number, Usage> | undefined;
}

/**
 * What programs use: `supervisor.use(resourcesService)?.usage(pid)`. To answer from somewhere else, such as cgroups, provide it
 * yourself and leave out the plugin `resources`.
 */
export const resourcesService = service<ResourcesService>('resources');

declare module '../../core/index.ts' {
  interface EventMap {
    /** Somebody asked what programs use, and this is the answer. */
    'resources:sampled': { readonly usages: readonly (readonly [pid: number, usage: Usage])[] };
  }
}
