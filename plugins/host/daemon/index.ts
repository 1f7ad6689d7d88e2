export { DaemonPlugin, type DaemonOptions } from './daemon-plugin.ts';
export { interceptExit } from './exit-calls.ts';
export { ProcessSignals } from './signals.ts';
export { daemonService, type DaemonService, type Ending, type NewPlan } from './service.ts';
export { describePlan, describeResult } from './plan/describe.ts';
export { planLines } from './plan/lines.ts';
export { makeStateFolder, stateFolder, stateFoldersOf, type DaemonIdentity, type StateHost } from './state-folder.ts';
export { takeLock, type LockOptions, type LockResult } from './lock.ts';
export { removeRunFile, runningDaemonsOf, writeRunFile, type RunFile } from './run-file.ts';
