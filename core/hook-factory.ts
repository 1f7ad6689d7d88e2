import {
  AsyncParallelHook,
  AsyncSeriesHook,
  AsyncSeriesWaterfallHook,
  SyncBailHook,
  SyncHook,
  SyncWaterfallHook,
} from 'tapable';
import { guardHook, type Contract, type Terms } from './hook-guard.ts';
import type { Hook } from './tapable-types.ts';

/** The caller waits for the taps, so there is a deadline. */
export interface AsyncTerms extends Terms {
  /** How long each tap may take. */
  readonly deadlineMs: number;
}

/** One name for each argument. */
type Names<Args extends unknown[]> = NonNullable<ConstructorParameters<typeof SyncHook<Args>>[0]>;

/**
 * Makes hooks. This is the only code that does (a test checks it): every hook has a name in reports, isolated taps, a
 * fault budget, and a deadline if the daemon waits. The hooks are tapable's; tap them with `tap` and `tapPromise`.
 */
export function createHookFactory(context: Omit<Contract, keyof Terms>) {
  const guarded = <Made extends Hook>(hook: Made, terms: Terms): Made => guardHook(hook, { ...terms, ...context });
  return Object.freeze({
    /** Does work in order, at once. */
    sync: <Args extends unknown[]>(name: string, args: Names<Args>, terms: Terms) =>
      guarded(new SyncHook<Args>(args, name), terms),
    /** Decides: the first tap that returns something other than `undefined`. */
    bail: <Args extends unknown[], Answer>(name: string, args: Names<Args>, terms: Terms) =>
      guarded(new SyncBailHook<Args, Answer | undefined>(args, name), terms),
    /** Rewrites its first argument, tap by tap. */
    waterfall: <Args extends unknown[]>(name: string, args: Names<Args>, terms: Terms) =>
      guarded(new SyncWaterfallHook<Args>(args, name), terms),
    /** Does work in order; the daemon waits. */
    asyncSeries: <Args extends unknown[]>(name: string, args: Names<Args>, terms: AsyncTerms) =>
      guarded(new AsyncSeriesHook<Args>(args, name), terms),
    /** Does work in parallel; the daemon waits for all. */
    asyncParallel: <Args extends unknown[]>(name: string, args: Names<Args>, terms: AsyncTerms) =>
      guarded(new AsyncParallelHook<Args>(args, name), terms),
    /** Rewrites its first argument, tap by tap; the daemon waits. */
    asyncWaterfall: <Args extends unknown[]>(name: string, args: Names<Args>, terms: AsyncTerms) =>
      guarded(new AsyncSeriesWaterfallHook<Args>(args, name), terms),
  });
}

export type HookFactory = ReturnType<typeof createHookFactory>;
