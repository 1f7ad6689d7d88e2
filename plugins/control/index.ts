/** What clients ask and see of processes, decided once for every interface. No plugin: it works on any supervisor. */
export { Operations, type RestartResults } from './operations.ts';
export { clientCause, type Request } from './request.ts';
export type { Outcome, Result } from './outcome.ts';
export { PlanShape, type DescribedChange, type DescribedEntry, type DescribedPlan, type EntryKind } from './plan.ts';
export { targetNamed, type Target } from './names.ts';
export { HEALTH, healthOf, type Health, type HealthFacts, type HealthLevel } from './health.ts';
export { Flapping, type FlapReport } from './flapping.ts';
export { canStart, canStop, reasonOf } from './status.ts';
export { countRestarts } from './restarts.ts';
