import { FAULTS, faultOf } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-status.ts';

export const remove: Command = {
  name: 'remove',
  usage: [['remove GROUP...', 'stop using groups; their processes must be stopped first']],
  completes: 'groups',
  async run(session, names) {
    for (const name of names) {
      try {
        await session.daemon.removeGroup(name);
        session.line(`${name}: removed process group`);
      } catch (error) {
        const { code } = faultOf(error);
        session.exitStatus = EXIT.failure;
        if (code === FAULTS.STILL_RUNNING) session.line(`ERROR: process/group still running: ${name}`);
        else if (code === FAULTS.BAD_NAME) session.line(`ERROR: no such process/group: ${name}`);
        else throw error;
      }
    }
  },
};
