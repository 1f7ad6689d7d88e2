import { SUPERVISOR_VERSION } from '../../rpc/index.ts';
import type { Operation } from '../route.ts';
import { ref } from '../schemas.ts';
import type { Site } from '../site.ts';

/** The daemon itself. */
export function daemonOperations({ supervisor, version }: Site): Operation[] {
  return [
    {
      method: 'GET',
      path: '',
      id: 'getDaemon',
      doc: 'Tells who the daemon is, how it is, and what you may do.',
      effect: 'reads',
      answer: { kind: 'json', doc: 'The daemon.', schema: ref('Daemon') },
      handle: (_, { info }) => ({
        version,
        supervisor: SUPERVISOR_VERSION,
        identifier: supervisor.config.identifier,
        pid: process.pid,
        state: supervisor.state,
        user: info.user ?? null,
        role: info.role,
      }),
    },
  ];
}
