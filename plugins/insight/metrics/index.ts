/** Metrics for Prometheus at `/metrics`. */
export type { PluginFamily } from './plugin-family.ts';
export { MetricsPlugin, type MetricsPluginOptions } from './metrics-plugin.ts';
