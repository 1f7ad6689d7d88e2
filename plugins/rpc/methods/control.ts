import type { Supervisor } from '../../../core/index.ts';
import { targetNamed, type Operations, type Result, type Target } from '../../control/index.ts';
import { lookUp, lookUpGroup } from '../names.ts';
import { statusesOf, throwFault } from '../outcome.ts';
import { flag, list, signal as signalParameter, text } from '../parameters.ts';
import { method, type Method } from '../registry.ts';
import type { XmlRpcValue } from '../xmlrpc/index.ts';

const PROCESS = text('name', 'name of a process, group:name, or group:* for all of a group');
const GROUP = text('name', 'name of a group');
const STATUSES = {
  type: 'array',
  doc: 'a struct for each process that was acted on: name, group, status (80, or the code of a fault), description',
} as const;
const TRUE = { type: 'boolean', doc: 'always true; a list of structs where the name was group:*' } as const;
const ALL: Target = { kind: 'all' };

/** Starting, stopping, restarting and signalling: the operations of `plugins/control` as methods. */
export function controlMethods(supervisor: Supervisor, operations: Operations): Method[] {
  const group = (name: string): Target => ({ kind: 'group', group: lookUpGroup(supervisor, name) });
  return [
    ...startMethods(supervisor, operations, group),
    ...stopMethods(supervisor, operations, group),
    ...signalMethods(supervisor, operations, group),
    restartMethod(supervisor, operations),
  ];
}

/** A single process answers with its fault, several with the status of each. */
function answer(target: Target, results: readonly Result[]): XmlRpcValue {
  return target.kind === 'process' ? throwFault(results) : statusesOf(results);
}

function startMethods(supervisor: Supervisor, operations: Operations, group: (name: string) => Target): Method[] {
  const waits = flag('wait', 'answer only when it is RUNNING, or when the start has failed', true);
  return [
    method({
      name: 'supervisor.startProcess',
      params: [PROCESS, waits],
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
      call: async ([name, wait], { cause }) => {
        const target = lookUp(supervisor, name);
        return answer(target, await operations.start(target, { cause, wait }));
      },
    }),
    method({
      name: 'supervisor.startProcessGroup',
      params: [GROUP, waits],
      result: STATUSES,
      faults: ['BAD_NAME'],
      doc: 'Starts all processes of a group that do not run.',
      effect: 'changes',
      call: async ([name, wait], { cause }) => statusesOf(await operations.start(group(name), { cause, wait })),
    }),
    method({
      name: 'supervisor.startAllProcesses',
      params: [waits],
      result: STATUSES,
      doc: 'Starts all processes that do not run, in the order of their priorities.',
      effect: 'changes',
      call: async ([wait], { cause }) => statusesOf(await operations.start(ALL, { cause, wait })),
    }),
  ];
}

function stopMethods(supervisor: Supervisor, operations: Operations, group: (name: string) => Target): Method[] {
  const waits = flag('wait', 'answer only when it has ended', true);
  return [
    method({
      name: 'supervisor.stopProcess',
      params: [PROCESS, waits],
      result: TRUE,
      faults: ['BAD_NAME', 'NOT_RUNNING', 'FAILED'],
      doc: 'Stops a process, with its stopsignal first and SIGKILL after stopwaitsecs.',
      effect: 'changes',
      call: async ([name, wait], { cause }) => {
        const target = lookUp(supervisor, name);
        return answer(target, await operations.stop(target, { cause, wait }));
      },
    }),
    method({
      name: 'supervisor.stopProcessGroup',
      params: [GROUP, waits],
      result: STATUSES,
      faults: ['BAD_NAME'],
      doc: 'Stops all running processes of a group.',
      effect: 'changes',
      call: async ([name, wait], { cause }) => statusesOf(await operations.stop(group(name), { cause, wait })),
    }),
    method({
      name: 'supervisor.stopAllProcesses',
      params: [waits],
      result: STATUSES,
      doc: 'Stops all running processes.',
      effect: 'changes',
      call: async ([wait], { cause }) => statusesOf(await operations.stop(ALL, { cause, wait })),
    }),
  ];
}

function signalMethods(supervisor: Supervisor, operations: Operations, group: (name: string) => Target): Method[] {
  const which = signalParameter('signal', 'name (HUP, SIGHUP) or number (1) of the signal');
  return [
    method({
      name: 'supervisor.signalProcess',
      params: [PROCESS, which],
      result: TRUE,
      faults: ['BAD_NAME', 'BAD_SIGNAL', 'NOT_RUNNING', 'FAILED'],
      doc: 'Sends a signal to a process. One that ends it counts as an exit of its own, and may be followed by a restart.',
      effect: 'changes',
      call: async ([name, given]) => {
        const target = lookUp(supervisor, name);
        return answer(target, await operations.signal(target, given));
      },
    }),
    method({
      name: 'supervisor.signalProcessGroup',
      params: [GROUP, which],
      result: STATUSES,
      faults: ['BAD_NAME'],
      doc: 'Sends a signal to all processes of a group that can take one.',
      effect: 'changes',
      call: async ([name, given]) => statusesOf(await operations.signal(group(name), given)),
    }),
    method({
      name: 'supervisor.signalAllProcesses',
      params: [which],
      result: STATUSES,
      doc: 'Sends a signal to all processes that can take one.',
      effect: 'changes',
      call: async ([given]) => statusesOf(await operations.signal(ALL, given)),
    }),
  ];
}

/** One method for one process, several, groups and all: a client that restarts several wants all of them down first. */
function restartMethod(supervisor: Supervisor, operations: Operations): Method {
  return method({
    name: 'tsv.restartProcesses',
    params: [
      list('names', 'names of processes, group:name, group:* for all of a group, * for everything'),
      flag('wait', 'answer only when all are RUNNING, or have failed to start', true),
    ],
    result: {
      type: 'struct',
      doc:
        'stopped and started, each a list of structs as stopAllProcesses and startAllProcesses give them; a process that cannot be ' +
        'stopped is not started',
    },
    doc: 'Stops all of these processes, then starts them in this order; one that does not run is only started.',
    effect: 'changes',
    call: async ([names, wait], { cause }) => {
      const targets = names.map(String).map((name) => targetNamed(supervisor, name));
      const { stopped, started } = await operations.restart(targets, { cause, wait });
      return { stopped: statusesOf(stopped), started: statusesOf(started) };
    },
  });
}
