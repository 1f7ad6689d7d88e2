import type { Command } from '../command.ts';
import { showStatus } from './status.ts';

export const open: Command = {
  name: 'open',
  usage: [
    ['open http://HOST:PORT', 'talk to another daemon from now on'],
    ['open unix:///PATH', 'the same through a socket file'],
  ],
  async run(session, words) {
    const serverurl = words.join(' ');
    if (!/^(?:unix|http):/i.test(serverurl)) return session.fail('ERROR: url must be http:// or unix://');
    session.access = { ...session.access, serverurl };
    // The status of the new daemon does not affect the success of the command.
    const { exitStatus } = session;
    await showStatus(session, []);
    session.exitStatus = exitStatus;
  },
};
