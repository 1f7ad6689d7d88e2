/** The daemon as a service of systemd. */
export { SystemdPlugin, type SystemdOptions } from './systemd-plugin.ts';
export type { Send, Transport } from './transport.ts';
export { systemdUnit, type Installation } from './unit.ts';
