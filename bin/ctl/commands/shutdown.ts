import { FAULTS, RpcError, faultCode } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { isConfirmed } from '../confirmation.ts';

export const shutdown: Command = {
  name: 'shutdown',
  usage: [['shutdown', 'stop every process and end the daemon']],
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: shutdown accepts no arguments', shutdown);
    if (!(await isConfirmed(session, 'Really shut the remote supervisord process down y/N? '))) return;
    try {
      await session.daemon.shutdown();
      session.line('Shut down');
    } catch (error) {
      const kind = error instanceof RpcError ? error.failure.kind : undefined;
      const { serverurl } = session.access;
      // The daemon is already shutting down, as requested.
      if (faultCode(error) === FAULTS.SHUTDOWN_STATE) session.line('ERROR: already shutting down');
      else if (kind === 'refused') session.fail(`ERROR: ${serverurl} refused connection (already shut down?)`);
      else if (kind === 'no-such-file') session.fail(`ERROR: ${serverurl} no such file (already shut down?)`);
      else throw error;
    }
  },
};
