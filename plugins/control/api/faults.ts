import { HttpRefusal } from '../http/index.ts';
import type { Operations } from '../index.ts';
import { RpcFault, type FaultName } from '../rpc/index.ts';

/** The HTTP status and the text of each fault. */
const FAULTS: Readonly<Record<FaultName, readonly [status: number, text: string]>> = {
  UNKNOWN_METHOD: [404, 'there is no such method'],
  INCORRECT_PARAMETERS: [400, 'wrong parameters'],
  BAD_ARGUMENTS: [400, 'wrong arguments'],
  SIGNATURE_UNSUPPORTED: [404, 'there is no such method'],
  SHUTDOWN_STATE: [503, 'the daemon is about to end'],
  BAD_NAME: [404, 'there is no such process or group'],
  BAD_SIGNAL: [400, 'there is no such signal'],
  NO_FILE: [422, 'there is no such file'],
  NOT_EXECUTABLE: [422, 'the file cannot be executed'],
  FAILED: [500, 'it failed'],
  ABNORMAL_TERMINATION: [409, 'it was stopped before it was up'],
  SPAWN_ERROR: [422, 'it could not be started, or ended too early'],
  ALREADY_STARTED: [409, 'it runs already'],
  NOT_RUNNING: [409, 'it does not run'],
  SUCCESS: [200, 'OK'],
  ALREADY_ADDED: [409, 'the group is in use already'],
  STILL_RUNNING: [409, 'processes of the group still run'],
  CANT_REREAD: [422, 'the configuration is refused'],
  FORBIDDEN: [403, 'this account may only look'],
};

/** A fault in an answer. */
export interface ApiFault {
  readonly code: string;
  readonly message: string;
}

/**
 * A fault in words: `there is no such process or group: web`. Details of several lines begin on a line of their own.
 */
export function apiFault(fault: string, detail: string | undefined): ApiFault {
  const text = isKnown(fault) ? FAULTS[fault][1] : fault;
  if (detail === undefined) return { code: fault, message: text };
  return { code: fault, message: `${text}:${detail.includes('\n') ? '\n' : ' '}${detail}` };
}

/** The answer if a method refuses a request. An unknown fault, from a plugin, is a server error. */
export function refusalOf({ fault, detail }: RpcFault): HttpRefusal {
  const { code, message } = apiFault(fault, detail);
  const problems = fault === 'CANT_REREAD' && detail !== undefined ? { problems: detail.split('\n') } : {};
  return new HttpRefusal(isKnown(fault) ? FAULTS[fault][0] : 500, message, {}, { code, ...problems });
}

/** @throws SHUTDOWN_STATE */
export function refuseWhileEnding({ isEnding }: Pick<Operations, 'isEnding'>): void {
  if (isEnding) throw new RpcFault('SHUTDOWN_STATE');
}

function isKnown(fault: string): fault is FaultName {
  return Object.hasOwn(FAULTS, fault);
}
