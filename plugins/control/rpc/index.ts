/** Supervisor's XML-RPC interface: its methods, and how to add more. */
export { RpcPlugin } from './rpc-plugin.ts';
export type { CalledMethod, MethodService } from './hooks.ts';
export { FAULTS, RpcFault, type FaultName } from './faults.ts';
export { configured, faultOf } from './control-faults.ts';
export {
  alias,
  method,
  MethodRegistry,
  type Answer,
  type CallContext,
  type Caller,
  type Dispatch,
  type GivenValues,
  type Method,
  type MethodDeclaration,
} from './registry.ts';
export { bytes, flag, int, list, signal, text, type Parameter, type WireType } from './parameters.ts';
export { SUPERVISOR_VERSION } from './methods/identity.ts';
export { describe as describeProcess, type Moment } from './process-info.ts';
export type { XmlRpcStruct, XmlRpcValue } from './xmlrpc/index.ts';
