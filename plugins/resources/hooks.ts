import { hooksOf, type Terms } from '../../core/index.ts';

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

/**
 * What other plugins ask: `ResourcesPlugin.getHooks(supervisor).usage.call(pid)`. A tap that throws is reported and counts
 * as no answer.
 */
export const getResourcesHooks = hooksOf((hook) => {
  const advises: Terms = { onFault: 'pass' };

  return Object.freeze({
    /**
     * Call it to learn what a child uses now. `undefined`: there is no such process, or the system does not tell (no
     * `/proc`). Tap it with a negative stage to answer from somewhere else, such as a cgroup.
     */
    usage: hook.bail<[number], Usage>('usage', ['pid'], advises),

    /**
     * The same for many children in one go, by pid; those of which nothing is known are left out. `undefined`: the
     * system does not tell.
     */
    usages: hook.bail<[readonly number[]], ReadonlyMap<number, Usage>>('usages', ['pids'], advises),

    /** Tap it to hear what was found whenever somebody has asked. Throws: reported. */
    sampled: hook.sync<[ReadonlyMap<number, Usage>]>('sampled', ['usages'], advises),
  });
});

export type ResourcesHooks = ReturnType<typeof getResourcesHooks>;
