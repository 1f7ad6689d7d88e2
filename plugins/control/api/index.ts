/** JSON and server-sent events under `/api/v1`. */
export { ApiPlugin } from './api-plugin.ts';
export type { ShownUsage } from './usage-watch.ts';
export { processStatus, type ProcessStatus, type StatusContext } from './process-status.ts';
