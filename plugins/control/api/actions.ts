import { namespec } from '../../../core/index.ts';
import type { Operations, Request, Result, Target } from '../index.ts';
import { faultOf } from '../rpc/index.ts';
import { apiFault, type ApiFault } from './faults.ts';

/** The result of an action for one process. */
interface ActionResult {
  readonly namespec: string;
  readonly ok: boolean;
  readonly fault?: ApiFault;
}

/** The options of an action. */
interface ActionOptions extends Request {
  readonly signal: string;
}

type Act = (operations: Operations, target: Target, options: ActionOptions) => Promise<readonly Result[]>;

/** Each returns the result for every process that it acted on. */
export const ACTIONS = {
  start: (operations, target, request) => operations.start(target, request),
  stop: (operations, target, request) => operations.stop(target, request),
  restart,
  signal: (operations, target, { signal }) => operations.signal(target, signal),
  'clear-logs': (operations, target) => operations.clearLogs(target),
} as const satisfies Record<string, Act>;

export type ActionName = keyof typeof ACTIONS;

/** The XML-RPC method that does the same: it names the cause in the journal and in events. */
export function methodOf(action: ActionName, { kind }: Target): string {
  if (action === 'restart') return 'tsv.restartProcesses';
  return kind === 'all'
    ? `supervisor.${action}AllProcesses`
    : `supervisor.${action}Process${kind === 'group' ? 'Group' : ''}`;
}

/** Results in JSON. @throws the RpcFault of a single name */
export function actionResults(results: readonly Result[], { kind }: Target): readonly ActionResult[] {
  return results.map((result) => {
    const fault = faultOf(result);
    if (fault === undefined) return { namespec: namespec(result), ok: true };
    if (kind === 'process' || kind === 'unknown') throw fault;
    return { namespec: namespec(result), ok: false, fault: apiFault(fault.fault, fault.detail) };
  });
}

/** For a restart, the stop is included if it failed, or if the request does not wait for the start. */
async function restart(operations: Operations, target: Target, request: ActionOptions): Promise<readonly Result[]> {
  const { stopped, started } = await operations.restart([target], request);
  if (started.length === 0) return stopped;
  return [...stopped.filter(({ outcome }) => outcome.kind === 'failed'), ...started];
}
