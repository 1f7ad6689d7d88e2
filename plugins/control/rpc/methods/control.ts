import type { Cause, Supervisor } from '../../../../core/index.ts';
import { targetNamed, type Operations, type Result, type Target } from '../../index.ts';
import type { FaultName } from '../faults.ts';
import { lookUp, lookUpGroup, statusesOf, throwFault } from '../control-faults.ts';
import { flag, list, signal, text, type Parameter } from '../parameters.ts';
import { method, type Method } from '../registry.ts';

/** Starting, stopping, restarting and signalling: the operations of `plugins/control` as methods. */
export function controlMethods(supervisor: Supervisor, operations: Operations): Method[] {
  return [
    ...familyOf(supervisor, {
      param: flag('wait', 'answer only when it is RUNNING, or when the start has failed', true),
      act: (target, wait, cause) => operations.start(target, { cause, wait: wait === true }),
      faults: ['NO_FILE', 'NOT_EXECUTABLE', 'ALREADY_STARTED', 'SPAWN_ERROR', 'ABNORMAL_TERMINATION', 'FAILED'],
      one: ['supervisor.startProcess', 'Starts a process. Without wait, only a start that fails at once is reported.'],
      group: ['supervisor.startProcessGroup', 'Starts all processes of a group that do not run.'],
      all: ['supervisor.startAllProcesses', 'Starts all processes that do not run, in the order of their priorities.'],
    }),
    ...familyOf(supervisor, {
      param: flag('wait', 'answer only when it has ended', true),
      act: (target, wait, cause) => operations.stop(target, { cause, wait: wait === true }),
      faults: ['NOT_RUNNING', 'FAILED'],
      one: ['supervisor.stopProcess', 'Stops a process, with its stopsignal first and SIGKILL after stopwaitsecs.'],
      group: ['supervisor.stopProcessGroup', 'Stops all running processes of a group.'],
      all: ['supervisor.stopAllProcesses', 'Stops all running processes.'],
    }),
    ...familyOf(supervisor, {
      param: signal('signal', 'name (HUP, SIGHUP) or number (1) of the signal'),
      act: (target, given) => operations.signal(target, String(given)),
      faults: ['BAD_SIGNAL', 'NOT_RUNNING', 'FAILED'],
      one: [
        'supervisor.signalProcess',
        'Sends a signal to a process. One that ends it counts as an exit of its own, and may be followed by a restart.',
      ],
      group: ['supervisor.signalProcessGroup', 'Sends a signal to all processes of a group that can take one.'],
      all: ['supervisor.signalAllProcesses', 'Sends a signal to all processes that can take one.'],
    }),
    restartMethod(supervisor, operations),
  ];
}

/** One operation, as three methods. */
interface Family {
  readonly param: Parameter<string | boolean>;
  readonly act: (target: Target, value: string | boolean, cause: Cause) => Promise<readonly Result[]>;
  /** Faults of the method for one process, besides BAD_NAME. */
  readonly faults: readonly FaultName[];
  readonly one: About;
  readonly group: About;
  readonly all: About;
}

type About = readonly [name: string, doc: string];

const PROCESS = text('name', 'name of a process, group:name, or group:* for all of a group');
const GROUP = text('name', 'name of a group');
const TRUE = { type: 'boolean', doc: 'always true; a list of structs where the name was group:*' } as const;
const STATUSES = {
  type: 'array',
  doc: 'a struct for each process that was acted on: name, group, status (80, or the code of a fault), description',
} as const;

function familyOf(supervisor: Supervisor, { param, act, faults, one, group, all }: Family): Method[] {
  const about = ([name, doc]: About) => ({ name, doc, effect: 'changes' }) as const;
  return [
    method({
      ...about(one),
      params: [PROCESS, param],
      result: TRUE,
      faults: ['BAD_NAME', ...faults],
      call: async ([name, value], { cause }) => {
        const target = lookUp(supervisor, name);
        const results = await act(target, value, cause);
        return target.kind === 'process' ? throwFault(results) : statusesOf(results);
      },
    }),
    method({
      ...about(group),
      params: [GROUP, param],
      result: STATUSES,
      faults: ['BAD_NAME'],
      call: async ([name, value], { cause }) =>
        statusesOf(await act({ kind: 'group', group: lookUpGroup(supervisor, name) }, value, cause)),
    }),
    method({
      ...about(all),
      params: [param],
      result: STATUSES,
      call: async ([value], { cause }) => statusesOf(await act({ kind: 'all' }, value, cause)),
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
