import type { Child } from './child.ts';
import type { FailureKind } from './failure.ts';
import type { SpawnPlan } from './plan.ts';

/** Makes children from plans. The core has one for real processes; tests bring their own. */
export interface Spawner {
  /** Calls `done` exactly once, at once where it can. Does not throw. */
  spawn(plan: SpawnPlan, done: (result: SpawnResult) => void): void;
}

export type SpawnResult =
  | { readonly kind: 'child'; readonly child: Child }
  /** There was no process: the table is full, descriptors ran out, the plan cannot be carried out. */
  | { readonly kind: 'failed'; readonly reason: string; readonly failure?: FailureKind };
