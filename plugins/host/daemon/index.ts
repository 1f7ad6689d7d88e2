export { DaemonPlugin, type DaemonOptions, type Upgrade } from './daemon-plugin.ts';
export { interceptExit } from './exit-calls.ts';
export { ProcessSignals } from './signals.ts';
export {
  daemonService,
  FREE_SIGNALS,
  signalsService,
  type DaemonService,
  type Ending,
  type FreeSignal,
} from './service.ts';
export { describePlan, describeResult } from './plan/describe.ts';
export { planLines } from './plan/lines.ts';
export { makeStateFolder, stateFolder, stateFoldersOf, type StateHost } from './state-folder.ts';
export { takeLock } from './lock.ts';
export { removeRunFile, runningDaemonsOf, writeRunFile } from './run-file.ts';
