import type { Child } from './child.ts';
import type { FailureKind } from './failure.ts';
import type { SpawnPlan } from './plan.ts';

/** Spawns children from plans. The core has a spawner for real processes; tests bring their own. */
export interface Spawner {
  /** Calls `done` exactly once, synchronously if it can. Does not throw. */
  spawn(plan: SpawnPlan, done: (result: SpawnResult) => void): void;
}

export type SpawnResult =
  | { readonly kind: 'child'; readonly child: Child }
  /** No process was created: the process table is full, descriptors ran out, or the plan cannot be carried out. */
  | { readonly kind: 'failed'; readonly reason: string; readonly failure?: FailureKind };
