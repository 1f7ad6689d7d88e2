export { DaemonPlugin, type DaemonOptions } from './daemon.ts';
export { interceptExit } from './exit-calls.ts';
export { ProcessSignals } from './signals.ts';
export type { Ending, NewPlan } from './hooks.ts';
export { describePlan, describeResult } from './plan/describe.ts';
export type { DescribedChange, DescribedEntry, DescribedPlan } from './plan/described.ts';
export { planLines } from './plan/lines.ts';
export { makeStateFolder, stateFolder, stateFoldersOf, type DaemonIdentity, type StateHost } from './state-folder.ts';
export { takeLock, type LockOptions, type LockResult } from './lock.ts';
