/** JSON and server-sent events under `/api/v1`. */
export { ApiPlugin } from './api-plugin.ts';
export type { ShownUsage } from './usage.ts';
export { processStatus, reasonFor, type ProcessStatus, type StatusContext } from './process-status.ts';
export { countRestarts } from './restarts.ts';
export { HEALTH, healthOf, type Health, type HealthLevel } from './health.ts';
