import { namespec, splitSpec, type Supervisor } from '../../core/index.ts';
import { FAULTS, RpcFault, type XmlRpcValue } from '../rpc/index.ts';
import { toldFault, type ToldFault } from './faults.ts';

/** Calls a method of the daemon for whoever sent the request. Rejects with an RpcFault. */
export type Call = (method: string, ...params: readonly XmlRpcValue[]) => Promise<XmlRpcValue>;

/** What an action did to one process. */
export interface ActionResult {
  readonly namespec: string;
  readonly ok: boolean;
  readonly fault?: ToldFault;
}

/** Whom an action is for: one process, all of a group, or all. */
export type Target =
  | { readonly kind: 'process'; readonly name: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'all' };

/** `group:name`, `name`, `group:*`, `*`. */
export function targetOf(given: string): Target {
  if (given === '*') return { kind: 'all' };
  const [group, name] = splitSpec(given);
  if (given.includes(':') && (name === '*' || name === '')) return { kind: 'group', group };
  return { kind: 'process', name: given };
}

export interface ActionContext {
  readonly supervisor: Supervisor;
  readonly call: Call;
}

/** What a client may add to an action. */
export interface ActionOptions {
  /** Answer only when it is done. */
  readonly wait: boolean;
  readonly signal: string;
}

/** Each answers with what became of every process that it acted on. A fault of a single process is thrown. */
export const ACTIONS = {
  start: ({ call }, target, { wait }) => perform(call, START, target, [wait]),
  stop: ({ call }, target, { wait }) => perform(call, STOP, target, [wait]),
  restart,
  signal: ({ call }, target, { signal }) => perform(call, SIGNAL, target, [signal]),
  'clear-logs': clearLogs,
} as const satisfies Record<
  string,
  (context: ActionContext, target: Target, options: ActionOptions) => Promise<ActionResult[]>
>;

export type ActionName = keyof typeof ACTIONS;

/** The methods for one, for a group, for all. */
type Methods = Readonly<Record<Target['kind'], string>>;

const START: Methods = {
  process: 'supervisor.startProcess',
  group: 'supervisor.startProcessGroup',
  all: 'supervisor.startAllProcesses',
};
const STOP: Methods = {
  process: 'supervisor.stopProcess',
  group: 'supervisor.stopProcessGroup',
  all: 'supervisor.stopAllProcesses',
};
const SIGNAL: Methods = {
  process: 'supervisor.signalProcess',
  group: 'supervisor.signalProcessGroup',
  all: 'supervisor.signalAllProcesses',
};

async function perform(
  call: Call,
  methods: Methods,
  target: Target,
  more: readonly XmlRpcValue[],
): Promise<ActionResult[]> {
  switch (target.kind) {
    case 'process':
      await call(methods.process, target.name, ...more);
      return [{ namespec: shortest(target.name), ok: true }];
    case 'group':
      return resultsOf(await call(methods.group, target.group, ...more));
    case 'all':
      return resultsOf(await call(methods.all, ...more));
  }
}

/** What was not running is started all the same. What could not be stopped is not started, and told. */
async function restart({ call }: ActionContext, target: Target, { wait }: ActionOptions): Promise<ActionResult[]> {
  const stopped = await perform(call, STOP, target, [wait]).catch((error: unknown) => {
    if (error instanceof RpcFault && error.code === FAULTS.NOT_RUNNING) return [];
    throw error;
  });
  const started = perform(call, START, target, [wait]);
  if (wait || stopped.length === 0) return [...stopped.filter(({ ok }) => !ok), ...(await started)];
  started.catch(() => undefined); // a start after a stop that nobody waits for: the state tells what becomes of it
  return stopped;
}

async function clearLogs({ supervisor, call }: ActionContext, target: Target): Promise<ActionResult[]> {
  if (target.kind === 'all') return resultsOf(await call('supervisor.clearAllProcessLogs'));
  if (target.kind === 'process') {
    await call('supervisor.clearProcessLogs', target.name);
    return [{ namespec: shortest(target.name), ok: true }];
  }
  const group = supervisor.groups.get(target.group);
  if (group === undefined) throw new RpcFault('BAD_NAME', target.group);
  const results: ActionResult[] = [];
  for (const process of group.inStartOrder) {
    const name = namespec(process);
    results.push(
      await call('supervisor.clearProcessLogs', `${process.group}:${process.name}`).then(
        () => ({ namespec: name, ok: true }),
        (error: unknown) => failure(name, error),
      ),
    );
  }
  return results;
}

function failure(name: string, error: unknown): ActionResult {
  if (!(error instanceof RpcFault)) throw error;
  return { namespec: name, ok: false, fault: toldFault(error.fault, error.detail) };
}

/** `web:web` is called `web`. */
function shortest(spec: string): string {
  const [group, name] = splitSpec(spec);
  return namespec({ group, name });
}

/** From the structs that the methods for many answer: name, group, status, description. */
function resultsOf(value: XmlRpcValue): ActionResult[] {
  return isList(value) ? value.flatMap(resultOf) : [];
}

function resultOf(value: XmlRpcValue): ActionResult[] {
  if (typeof value !== 'object' || value === null || !('status' in value && 'group' in value && 'name' in value))
    return [];
  const { status, group, name, description = '' } = value;
  if (typeof group !== 'string' || typeof name !== 'string' || typeof description !== 'string') return [];
  const told = { namespec: namespec({ group, name }), ok: status === FAULTS.SUCCESS };
  if (told.ok) return [told];
  const [, fault = 'FAILED', detail] = /^([A-Z_]+)(?:: (.*))?$/s.exec(description) ?? [];
  return [{ ...told, fault: toldFault(fault, detail) }];
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isList(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
