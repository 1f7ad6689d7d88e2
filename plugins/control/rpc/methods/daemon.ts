import { reasonOf, TsvError, type Cause, type Supervisor } from '../../../../core/index.ts';
import { reread } from '../../index.ts';
import { daemonService, type Ending } from '../../../host/daemon/index.ts';
import { RpcFault } from '../faults.ts';
import { configured, lookUpGroup } from '../control-faults.ts';
import { text } from '../parameters.ts';
import { method, type Method } from '../registry.ts';

/**
 * The daemon as a whole: its shutdown, its configuration, the groups in use. `ending` is called once a shutdown is
 * certain.
 */
export function daemonMethods(supervisor: Supervisor, ending: () => void): Method[] {
  const end = async (how: Ending, cause: Cause): Promise<true> => {
    const daemon = supervisor.use(daemonService);
    if (daemon === undefined) throw new RpcFault('FAILED', `this program has no way to ${how}`);
    await daemon.end(how, cause).catch((error: unknown) => {
      // Only a restart reads the configuration.
      throw new RpcFault(how === 'restart' ? 'CANT_REREAD' : 'FAILED', reasonOf(error));
    });
    ending();
    return true;
  };

  return [
    method({
      name: 'supervisor.shutdown',
      result: { type: 'boolean', doc: 'always true' },
      faults: ['FAILED'],
      doc: 'Stops all processes and ends the daemon. The answer comes at once, the end when all processes are gone.',
      effect: 'changes',
      call: (_, { cause }) => end('shutdown', cause),
    }),
    method({
      name: 'supervisor.restart',
      result: { type: 'boolean', doc: 'always true' },
      faults: ['CANT_REREAD', 'FAILED'],
      doc:
        'Stops all processes and begins anew, under the same process id, with the configuration as it is then. ' +
        'Refused while the configuration has errors.',
      effect: 'changes',
      call: (_, { cause }) => end('restart', cause),
    }),
    method({
      name: 'tsv.upgrade',
      result: { type: 'boolean', doc: 'always true' },
      faults: ['FAILED'],
      doc:
        'Has the daemon become the version of tsvd that is installed now, under the same process id. Programs keep running. That version is ' +
        'tried first: FAILED says what is wrong with it. The answer comes before the change; clients that connect meanwhile wait.',
      effect: 'changes',
      async call() {
        const daemon = supervisor.use(daemonService);
        if (daemon === undefined) throw new RpcFault('FAILED', 'this program has no way to upgrade');
        await daemon.upgrade().catch((error: unknown) => {
          throw new RpcFault('FAILED', reasonOf(error));
        });
        return true;
      },
    }),
    method({
      name: 'supervisor.reloadConfig',
      result: { type: 'array', doc: '[[added, changed, removed]], each a list of names of groups' },
      faults: ['CANT_REREAD'],
      doc:
        'Reads the configuration again and returns which groups differ from those in use. Changes nothing that runs: ' +
        'that is for addProcessGroup and removeProcessGroup.',
      effect: 'changes',
      call: async (_, { cause }) => {
        const { added, changed, removed } = configured(await reread(supervisor, cause));
        return [[added, changed, removed]];
      },
    }),
    method({
      name: 'supervisor.addProcessGroup',
      params: [text('name', 'name of a group of the configuration')],
      result: { type: 'boolean', doc: 'always true' },
      faults: ['BAD_NAME', 'ALREADY_ADDED'],
      doc: 'Puts a group of the configuration, as it was last read, into use and starts its processes with autostart.',
      effect: 'changes',
      call: async ([name], { cause }) => {
        if (!supervisor.config.groups.some((group) => group.name === name)) throw new RpcFault('BAD_NAME', name);
        if (supervisor.groups.has(name)) throw new RpcFault('ALREADY_ADDED', name);
        await supervisor.addGroup(name, cause);
        return true;
      },
    }),
    method({
      name: 'supervisor.removeProcessGroup',
      params: [text('name', 'name of a group in use')],
      result: { type: 'boolean', doc: 'always true' },
      faults: ['BAD_NAME', 'STILL_RUNNING'],
      doc: 'Takes a group out of use. All its processes must have been stopped before.',
      effect: 'changes',
      call: ([name]) => {
        lookUpGroup(supervisor, name);
        try {
          supervisor.removeGroup(name);
        } catch (error) {
          if (error instanceof TsvError && error.code === 'TSV_STILL_RUNNING')
            throw new RpcFault('STILL_RUNNING', name);
          throw error;
        }
        return true;
      },
    }),
  ];
}
