import type { Command } from '../command.ts';
import { parseBytes, showEnd, showGrowing } from '../log-output.ts';

export const maintail: Command = {
  name: 'maintail',
  usage: [
    ['maintail', 'show the last 1600 bytes of the log of the daemon'],
    ['maintail -BYTES', 'show that many bytes'],
    ['maintail -f', 'go on showing what is written, until Ctrl-C'],
    ['maintail --json', 'the bytes as JSON'],
  ],
  hasJson: true,
  flags: { '-f': 'go on showing, until Ctrl-C' },
  async run(session, words) {
    if (!(await session.isUp())) return;
    const [modifier] = words;
    if (words.length > 1) return session.misuse('Error: too many arguments', maintail);
    if (modifier === '-f') return await showGrowing(session, maintail, '/mainlogtail');
    const bytes = parseBytes(modifier);
    if (bytes === undefined) return session.fail(`Error: bad argument ${modifier}`);
    await showEnd(session, 'supervisord', undefined, () => session.daemon.readMainLog(bytes));
  },
};
