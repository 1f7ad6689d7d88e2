/** What programs use: processor time, memory, processes, open descriptors. */
export { ResourcesPlugin } from './resources-plugin.ts';
export { getResourcesHooks, type ResourcesHooks, type Usage } from './hooks.ts';
export { CpuRate, type CpuSample } from './cpu-rate.ts';
