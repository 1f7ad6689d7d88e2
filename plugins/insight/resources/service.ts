import { service } from '../../../core/index.ts';

/** What a program and its descendants use together at one moment. */
export interface Usage {
  /** Processor time so far, including exited processes that were waited for. */
  readonly cpuSeconds: number;
  /** Resident memory. Pages shared by several of them count for each. */
  readonly memoryBytes: number;
  /** The number of processes, the program included. */
  readonly processes: number;
  /** Open descriptors; absent if one of them belongs to a user whose descriptors may not be read. */
  readonly openFiles?: number;
}

export interface ResourcesService {
  /**
   * The current usage of a child. `undefined`: there is no such process, or the system does not report it (no `/proc`).
   */
  usage(pid: number): Usage | undefined;
  /**
   * The same for many children at once, by pid; children with unknown usage are left out. `undefined`: the system does
   * not report it.
   */
  usages(pids: readonly number[]): ReadonlyMap<number, Usage> | undefined;
}

/**
 * What programs use: `supervisor.use(resourcesService)?.usage(pid)`. To measure another way, such as by cgroups,
 * provide this service yourself and leave out the plugin `resources`.
 */
export const resourcesService = service<ResourcesService>('resources');

declare module '../../../core/index.ts' {
  interface EventMap {
    /** The usage of programs was measured, on request. */
    'resources:sampled': { readonly usages: readonly (readonly [pid: number, usage: Usage])[] };
  }
}
