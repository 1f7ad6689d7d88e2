import type { Command } from '../command.ts';
import { nameProcesses } from '../completion.ts';

/** Prints names for the completion scripts, one per line. On any error it prints nothing. */
export const names: Command = {
  name: '__names',
  usage: [['__names processes|groups', 'the names that the completion scripts offer']],
  isHidden: true,
  async run(session, [kind]) {
    if (kind !== 'processes' && kind !== 'groups') return;
    const found = await nameProcesses(kind, '', () => session.daemon.processes());
    for (const name of found) session.line(name);
  },
};
