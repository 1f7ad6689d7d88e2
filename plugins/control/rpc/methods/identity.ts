import type { Supervisor } from '../../../../core/index.ts';
import { alias, method, type Method } from '../registry.ts';

/** The version of the interface, not of the program: every Supervisor since 3.0 returns it. */
const API_VERSION = '3.0';

/** The Supervisor version that this daemon is compatible with: clients compare it to decide what they may call. */
export const SUPERVISOR_VERSION = '4.2.5';

/** The identity of the daemon. */
export function identityMethods(supervisor: Supervisor): Method[] {
  const getAPIVersion = method({
    name: 'supervisor.getAPIVersion',
    result: { type: 'string', doc: 'the version, such as 3.0' },
    doc: 'Returns which version of this interface the daemon speaks.',
    effect: 'reads',
    call: () => API_VERSION,
  });
  return [
    getAPIVersion,
    alias('supervisor.getVersion', getAPIVersion),
    method({
      name: 'supervisor.getSupervisorVersion',
      result: { type: 'string', doc: 'the version, such as 4.2.5' },
      doc: 'Returns which version of Supervisor the daemon is compatible with.',
      effect: 'reads',
      call: () => SUPERVISOR_VERSION,
    }),
    method({
      name: 'supervisor.getIdentification',
      result: { type: 'string', doc: 'the identifier' },
      doc: 'Returns the name that the configuration gives this daemon, to know one from another.',
      effect: 'reads',
      call: () => supervisor.config.identifier,
    }),
    method({
      name: 'supervisor.getState',
      result: { type: 'struct', doc: 'statecode (int) and statename (string)' },
      doc: 'Returns what the daemon as a whole is doing. Once it is about to end, the answer is the fault SHUTDOWN_STATE.',
      effect: 'reads',
      call: () => ({ statecode: 1, statename: 'RUNNING' }),
    }),
    method({
      name: 'supervisor.getPID',
      result: { type: 'int', doc: 'the process id' },
      doc: 'Returns the process id of the daemon.',
      effect: 'reads',
      call: () => process.pid,
    }),
  ];
}
