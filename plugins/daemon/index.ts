export { DaemonPlugin, type DaemonOptions } from './daemon.ts';
export type { Ending } from './hooks.ts';
