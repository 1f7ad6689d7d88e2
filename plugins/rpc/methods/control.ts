import {
  canSignal,
  findCommand,
  isRunning,
  TsvError,
  unreachable,
  type Cause,
  type Process,
  type Supervisor,
} from '../../../core/index.ts';
import { RpcFault } from '../faults.ts';
import { lookUp, lookUpGroup } from '../names.ts';
import { outcomes } from '../outcome.ts';
import { flag, signal as signalParameter, text } from '../parameters.ts';
import { method, type Method } from '../registry.ts';
import { signalOf } from '../signals.ts';
import type { XmlRpcValue } from '../xmlrpc/index.ts';

/** Starting, stopping and signalling. */
export function controlMethods(supervisor: Supervisor): Method[] {
  return [...startMethods(supervisor), ...stopMethods(supervisor), ...signalMethods(supervisor)];
}

const PROCESS = text('name', 'name of a process, group:name, or group:* for all of a group');
const GROUP = text('name', 'name of a group');
const STATUSES = {
  type: 'array',
  doc: 'a struct for each process that was acted on: name, group, status (80, or the code of a fault), description',
} as const;
const TRUE = { type: 'boolean', doc: 'always true; a list of structs where the name was group:*' } as const;

function startMethods(supervisor: Supervisor): Method[] {
  const wait = flag('wait', 'answer only when it is RUNNING, or when the start has failed', true);
  const startAll = (processes: readonly Process[], cause: Cause, isWaiting: boolean): Promise<XmlRpcValue> =>
    outcomes(processes, {
      appliesTo: ({ state }) => !isRunning(state),
      // One that was replaced since the list was made is started as it is now.
      begin: (process, name) =>
        start(supervisor.find(`${process.group}:${process.name}`) ?? process, name, cause, isWaiting),
    });

  return [
    method({
      name: 'supervisor.startProcess',
      params: [PROCESS, wait],
      result: TRUE,
      faults: [
        'BAD_NAME',
        'NO_FILE',
        'NOT_EXECUTABLE',
        'ALREADY_STARTED',
        'SPAWN_ERROR',
        'ABNORMAL_TERMINATION',
        'FAILED',
      ],
      doc: 'Starts a process. Without wait, only a start that fails at once is told.',
      effect: 'changes',
      call: async ([name, isWaiting], { cause }) => {
        const named = lookUp(supervisor, name);
        if (named.kind === 'group') return startAll(named.group.inStartOrder, cause, isWaiting);
        await (
          await start(named.process, name, cause, isWaiting)
        ).done;
        return true;
      },
    }),
    method({
      name: 'supervisor.startProcessGroup',
      params: [GROUP, wait],
      result: STATUSES,
      faults: ['BAD_NAME'],
      doc: 'Starts all processes of a group that do not run.',
      effect: 'changes',
      call: ([name, isWaiting], { cause }) => startAll(lookUpGroup(supervisor, name).inStartOrder, cause, isWaiting),
    }),
    method({
      name: 'supervisor.startAllProcesses',
      params: [wait],
      result: STATUSES,
      doc: 'Starts all processes that do not run, in the order of their priorities.',
      effect: 'changes',
      call: ([isWaiting], { cause }) => startAll(supervisor.processes, cause, isWaiting),
    }),
  ];
}

function stopMethods(supervisor: Supervisor): Method[] {
  const wait = flag('wait', 'answer only when it has ended', true);
  const stopAll = (processes: readonly Process[], cause: Cause, isWaiting: boolean): Promise<XmlRpcValue> =>
    outcomes(processes, {
      appliesTo: ({ isStoppable }) => isStoppable,
      // Without awaiting it: none has to wait until the one before it is gone.
      begin: async (process, name) => ({ done: stop(process, name, cause, isWaiting) }),
    });

  return [
    method({
      name: 'supervisor.stopProcess',
      params: [PROCESS, wait],
      result: TRUE,
      faults: ['BAD_NAME', 'NOT_RUNNING', 'FAILED'],
      doc: 'Stops a process, with its stopsignal first and SIGKILL after stopwaitsecs.',
      effect: 'changes',
      call: async ([name, isWaiting], { cause }) => {
        const named = lookUp(supervisor, name);
        if (named.kind === 'group') return stopAll(named.group.inStartOrder, cause, isWaiting);
        await stop(named.process, name, cause, isWaiting);
        return true;
      },
    }),
    method({
      name: 'supervisor.stopProcessGroup',
      params: [GROUP, wait],
      result: STATUSES,
      faults: ['BAD_NAME'],
      doc: 'Stops all running processes of a group.',
      effect: 'changes',
      call: ([name, isWaiting], { cause }) => stopAll(lookUpGroup(supervisor, name).inStartOrder, cause, isWaiting),
    }),
    method({
      name: 'supervisor.stopAllProcesses',
      params: [wait],
      result: STATUSES,
      doc: 'Stops all running processes.',
      effect: 'changes',
      call: ([isWaiting], { cause }) => stopAll(supervisor.processes, cause, isWaiting),
    }),
  ];
}

function signalMethods(supervisor: Supervisor): Method[] {
  const which = signalParameter('signal', 'name (HUP, SIGHUP) or number (1) of the signal');
  const signalAll = (processes: readonly Process[], given: string): Promise<XmlRpcValue> =>
    outcomes(processes, {
      appliesTo: ({ state }) => canSignal(state),
      begin: async (process, name) => {
        send(process, name, given);
        return { done: Promise.resolve() };
      },
    });

  return [
    method({
      name: 'supervisor.signalProcess',
      params: [PROCESS, which],
      result: TRUE,
      faults: ['BAD_NAME', 'BAD_SIGNAL', 'NOT_RUNNING', 'FAILED'],
      doc: 'Sends a signal to a process. One that ends it counts as an exit of its own, and may be followed by a restart.',
      effect: 'changes',
      call: ([name, given]) => {
        const named = lookUp(supervisor, name);
        if (named.kind === 'group') return signalAll(named.group.inStartOrder, given);
        send(named.process, name, given);
        return true;
      },
    }),
    method({
      name: 'supervisor.signalProcessGroup',
      params: [GROUP, which],
      result: STATUSES,
      faults: ['BAD_NAME'],
      doc: 'Sends a signal to all processes of a group that can take one.',
      effect: 'changes',
      call: ([name, given]) => signalAll(lookUpGroup(supervisor, name).inStartOrder, given),
    }),
    method({
      name: 'supervisor.signalAllProcesses',
      params: [which],
      result: STATUSES,
      doc: 'Sends a signal to all processes that can take one.',
      effect: 'changes',
      call: ([given]) => signalAll(supervisor.processes, given),
    }),
  ];
}

/** Resolves once the child is there; `done` when the start has succeeded, or at once for a caller who does not wait. */
async function start(
  process: Process,
  name: string,
  cause: Cause,
  isWaiting: boolean,
): Promise<{ readonly done: Promise<void> }> {
  checkCommand(process);
  if (isRunning(process.state)) throw new RpcFault('ALREADY_STARTED', name);
  if (process.state === 'UNKNOWN') throw new RpcFault('FAILED', `${name} is in an unknown process state`);
  const { issued, done } = process.start(cause);
  await issued;
  if (process.isRemoved) throw new RpcFault('BAD_NAME', name);
  if (process.state === 'BACKOFF' || process.state === 'FATAL') throw new RpcFault('SPAWN_ERROR', name);
  return { done: isWaiting ? done.then((result) => judgeStart(result, name)) : Promise.resolve() };
}

/** Before anything changes: a command that cannot run is a fault of its own, and no failed start. */
function checkCommand({ config }: Process): void {
  try {
    findCommand(config, { PATH: config.environment['PATH'] ?? process.env['PATH'] });
  } catch (error) {
    if (!(error instanceof TsvError)) throw error;
    throw new RpcFault(error.code === 'TSV_COMMAND_NOT_FOUND' ? 'NO_FILE' : 'NOT_EXECUTABLE', error.message);
  }
}

type StartResult = Awaited<ReturnType<Process['start']>['done']>;

function judgeStart(result: StartResult, name: string): void {
  switch (result.kind) {
    case 'running':
      return;
    case 'alreadyRunning':
      throw new RpcFault('ALREADY_STARTED', name);
    case 'failed':
      throw new RpcFault('SPAWN_ERROR', name);
    case 'interrupted':
      throw new RpcFault('ABNORMAL_TERMINATION', name);
    case 'removed':
      throw new RpcFault('BAD_NAME', name);
    default:
      unreachable(result);
  }
}

async function stop(process: Process, name: string, cause: Cause, isWaiting: boolean): Promise<void> {
  if (!process.isStoppable) throw new RpcFault('NOT_RUNNING', name);
  const { issued, done } = process.stop(cause);
  await issued;
  if (process.state === 'UNKNOWN') throw new RpcFault('FAILED', process.view.spawnerr);
  if (!isWaiting) return;
  const result = await done;
  if (result.kind === 'notRunning') throw new RpcFault('NOT_RUNNING', name);
  if (result.kind === 'failed') throw new RpcFault('FAILED', result.reason);
}

function send(process: Process, name: string, given: string): void {
  const signal = signalOf(given);
  if (signal === undefined) throw new RpcFault('BAD_SIGNAL', given);
  if (!canSignal(process.state)) throw new RpcFault('NOT_RUNNING', name);
  const result = process.signal(signal);
  if (result.kind === 'notRunning') throw new RpcFault('NOT_RUNNING', name);
  if (result.kind === 'failed') throw new RpcFault('FAILED', result.reason);
}
