/**
 * What clients request and see of processes, decided once for every interface. Not a plugin: it works on any
 * supervisor.
 */
export { clientCause, Operations, type Outcome, type Request, type RestartResults, type Result } from './operations.ts';
export { PlanShape, type DescribedChange, type DescribedEntry, type DescribedPlan, type EntryKind } from './plan.ts';
export { planUpdate, reread, update, type Configured } from './update.ts';
export { targetNamed, type Target } from './target.ts';
export { HEALTH, type Health, type HealthLevel } from './health.ts';
export { healthWatchOf } from './health-watch.ts';
export { getControlHooks } from './hooks.ts';
export { canStart, canStop } from './allowed-actions.ts';
export { stateReason } from './status.ts';
export { countRestarts } from './restarts.ts';
