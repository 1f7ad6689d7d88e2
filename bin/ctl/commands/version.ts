import type { Command } from '../command.ts';

export const version: Command = {
  name: 'version',
  usage: [
    ['version', 'show the version of the daemon'],
    ['version --json', 'the same as JSON'],
  ],
  hasJson: true,
  async run(session, words) {
    if (words.length > 0) return session.misuse('Error: version accepts no arguments', version);
    if (!(await session.isUp())) return;
    const found = await session.daemon.version();
    if (session.json) session.document({ version: found });
    else session.line(found);
  },
};
