/**
 * The faults of the `supervisor` namespace and their codes on the wire. Supervisor: xmlrpc.py Faults, but for the last.
 */
export const FAULTS = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
  /** The account is read-only. Supervisor has no such accounts. */
  FORBIDDEN: 403,
} as const;

export type FaultName = keyof typeof FAULTS;

/** Thrown by a method to refuse a call. The message is `NAME` or `NAME: detail`; clients compare it. */
export class RpcFault extends Error {
  override readonly name = 'RpcFault';
  readonly code: number;
  /** `BAD_NAME`. */
  readonly fault: string;
  /** The part of the message after the name. */
  readonly detail: string | undefined;

  constructor(fault: FaultName | { readonly code: number; readonly name: string }, detail?: string) {
    const { code, name } = typeof fault === 'string' ? { code: FAULTS[fault], name: fault } : fault;
    super(detail === undefined ? name : `${name}: ${detail}`);
    this.code = code;
    this.fault = name;
    this.detail = detail;
  }
}
