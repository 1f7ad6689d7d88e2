import { FAULTS, faultOf } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';

export const add: Command = {
  name: 'add',
  usage: [['add GROUP...', 'add groups from the configuration to the running daemon']],
  completes: 'groups',
  async run(session, names) {
    for (const name of names) {
      try {
        await session.daemon.addGroup(name);
        session.line(`${name}: added process group`);
      } catch (error) {
        const { code } = faultOf(error);
        if (code === FAULTS.SHUTDOWN_STATE) session.fail('ERROR: shutting down');
        // The requested state already exists: not a failure.
        else if (code === FAULTS.ALREADY_ADDED) session.line('ERROR: process group already active');
        else if (code === FAULTS.BAD_NAME) session.fail(`ERROR: no such process/group: ${name}`);
        else throw error;
      }
    }
  },
};
