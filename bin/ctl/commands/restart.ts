import { performRestart } from '../action.ts';
import type { Command } from '../command.ts';
import { STARTING } from './start.ts';
import { STOPPING } from './stop.ts';

export const restart: Command = {
  name: 'restart',
  usage: [
    ['restart NAME...', 'stop all of these processes, then start them'],
    ['restart GROUP:*', 'restart the processes of a group'],
    ['restart all', 'restart every process'],
  ],
  notes: ['Changes of the configuration are not looked at; that is what reread and update are for.'],
  completes: 'processes',
  async run(session, names) {
    if (!(await session.isUp())) return;
    if (names.length === 0) return session.misuse('Error: restart requires a process name', restart);
    await performRestart(session, names, [STOPPING, STARTING]);
  },
};
