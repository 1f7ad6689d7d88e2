import { FAULTS, faultCode } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { isConfirmed } from '../confirmation.ts';

export const reload: Command = {
  name: 'reload',
  usage: [['reload', 'restart the daemon: every process is stopped, the configuration is read again']],
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: reload accepts no arguments', reload);
    if (!(await isConfirmed(session, 'Really restart the remote supervisord process y/N? '))) return;
    try {
      await session.daemon.restart();
      session.line('Restarted supervisord');
    } catch (error) {
      if (faultCode(error) !== FAULTS.SHUTDOWN_STATE) throw error;
      session.fail('ERROR: already shutting down');
    }
  },
};
