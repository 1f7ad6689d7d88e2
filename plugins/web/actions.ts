import { FAULTS, RpcFault, type XmlRpcValue } from '../rpc/index.ts';
import { longTime } from './time-text.ts';

/** One call of an RPC method, under the name of whoever pressed the button. Throws RpcFault. */
export type Call = (method: string, ...params: readonly XmlRpcValue[]) => Promise<XmlRpcValue>;

/**
 * What `index.html?action=…` does. An action resolves when what it does is done, with the message that the next page
 * shows; scripts read these, so the words are Supervisor's. A fault is a message, too: nothing here throws one.
 */
export const PROCESS_ACTIONS = { start, stop, restart, clearlog } as const;

/** Actions on everything. `startall` is not Supervisor's. */
export const OVERALL_ACTIONS = { refresh, startall, stopall, restartall } as const;

export type ProcessAction = keyof typeof PROCESS_ACTIONS;
export type OverallAction = keyof typeof OVERALL_ACTIONS;

export function isProcessAction(name: string): name is ProcessAction {
  return Object.hasOwn(PROCESS_ACTIONS, name);
}

export function isOverallAction(name: string): name is OverallAction {
  return Object.hasOwn(OVERALL_ACTIONS, name);
}

async function start(call: Call, name: string): Promise<string> {
  const fault = await faultOf(call('supervisor.startProcess', name));
  return fault === undefined ? `Process ${name} started` : `ERROR: Process ${name}: ${whyNotStarted(fault)}`;
}

async function stop(call: Call, name: string): Promise<string> {
  const fault = await faultOf(call('supervisor.stopProcess', name));
  return fault === undefined ? `Process ${name} stopped` : unexpected(fault);
}

/** Supervisor says `restarted` whatever came of it; a start that failed is told here. */
async function restart(call: Call, name: string): Promise<string> {
  const notStopped = await faultOf(call('supervisor.stopProcess', name));
  if (notStopped !== undefined && notStopped.code !== FAULTS.NOT_RUNNING) return unexpected(notStopped);
  const notStarted = await faultOf(call('supervisor.startProcess', name));
  if (notStarted === undefined) return `Process ${name} restarted`;
  return `ERROR: Process ${name}: ${whyNotStarted(notStarted)}`;
}

async function clearlog(call: Call, name: string): Promise<string> {
  const fault = await faultOf(call('supervisor.clearProcessLogs', name));
  return fault === undefined ? `Log for ${name} cleared` : unexpected(fault);
}

async function refresh(_: Call, now: () => number): Promise<string> {
  return `Page refreshed at ${longTime(now())}`;
}

async function startall(call: Call, now: () => number): Promise<string> {
  const results = await call('supervisor.startAllProcesses');
  return `All started at ${longTime(now())}${exceptions(results)}`;
}

async function stopall(call: Call, now: () => number): Promise<string> {
  const results = await call('supervisor.stopAllProcesses');
  return `All stopped at ${longTime(now())}${exceptions(results)}`;
}

async function restartall(call: Call, now: () => number): Promise<string> {
  await call('supervisor.stopAllProcesses');
  const results = await call('supervisor.startAllProcesses');
  return `All restarted at ${longTime(now())}${exceptions(results)}`;
}

async function faultOf(call: Promise<unknown>): Promise<RpcFault | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof RpcFault) return error;
    throw error;
  }
}

const START_FAULTS: ReadonlyMap<number, string> = new Map([
  [FAULTS.NO_FILE, 'no such file'],
  [FAULTS.NOT_EXECUTABLE, 'file not executable'],
  [FAULTS.ALREADY_STARTED, 'already started'],
  [FAULTS.SPAWN_ERROR, 'spawn error'],
  [FAULTS.ABNORMAL_TERMINATION, 'abnormal termination'],
]);

function whyNotStarted(fault: RpcFault): string {
  return START_FAULTS.get(fault.code) ?? unexpected(fault);
}

function unexpected({ code, message }: RpcFault): string {
  return `unexpected rpc fault [${code}] ${message}`;
}

/** A message is a line: of many failures it names the first ones. */
const MOST_NAMED = 5;

/** What went wrong in the results of a method for all, as the end of a sentence; nothing where all went well. */
function exceptions(results: XmlRpcValue): string {
  const failed = isList(results) ? results.flatMap(failureOf) : [];
  if (failed.length === 0) return '';
  const named = failed.slice(0, MOST_NAMED).join('; ');
  return `, except for ${failed.length}: ${named}${failed.length > MOST_NAMED ? '; …' : ''}`;
}

function failureOf(result: XmlRpcValue): string[] {
  if (typeof result !== 'object' || result === null || !('status' in result && 'description' in result)) return [];
  const { status, description } = result;
  return status === FAULTS.SUCCESS || typeof description !== 'string' ? [] : [description];
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isList(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
