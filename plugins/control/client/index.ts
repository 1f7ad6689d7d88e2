/**
 * The client side: finding a daemon, calling its methods, following its logs. For programs; `tsvctl` is built on it.
 */
export { connect, DaemonClient } from './daemon-client.ts';
export type { Changes, Channel, ConfigInfo, Connection, ProcessInfo, Result } from './daemon-client.ts';
export { findDaemon, readCtlSection, type FindOptions } from './find-daemon.ts';
export { followLog, logPath, readLastLines, type FollowOptions, type LogName } from './follow-log.ts';
export { LineCutter, lastLines } from './log-text.ts';
export { faultCode, faultOf, RpcClient, RpcError, type RpcClientOptions, type RpcFailure } from './rpc-client.ts';
export { ClientConfigError, type ClientSettings } from './settings.ts';
export { FAULTS } from '../rpc/faults.ts';
