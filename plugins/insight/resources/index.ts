/** What programs use: processor time, memory, processes, open descriptors. */
export { ResourcesPlugin } from './resources-plugin.ts';
export { resourcesService, type ResourcesService, type Usage } from './service.ts';
export { CpuRate, type CpuSample } from './cpu-rate.ts';
