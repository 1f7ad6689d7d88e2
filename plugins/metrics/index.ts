/** Metrics for Prometheus at `/metrics`. */
export { MetricsPlugin, type MetricsPluginOptions } from './metrics-plugin.ts';
