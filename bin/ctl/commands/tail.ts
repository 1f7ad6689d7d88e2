import { type Channel, logPath } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { parseBytes, showEnd, showGrowing } from '../log-output.ts';
import { quote } from '../fault-text.ts';

export const tail: Command = {
  name: 'tail',
  usage: [
    ['tail NAME [stdout|stderr]', 'show the last 1600 bytes of the output of a process (default: stdout)'],
    ['tail -BYTES NAME [stdout|stderr]', 'show that many bytes'],
    ['tail -f NAME [stdout|stderr]', 'go on showing what is written, until Ctrl-C'],
    ['tail --json NAME [stdout|stderr]', 'the bytes as JSON'],
  ],
  hasJson: true,
  completes: 'processes',
  flags: { '-f': 'go on showing, until Ctrl-C' },
  words: ['stdout', 'stderr'],
  async run(session, words) {
    if (!(await session.isUp())) return;
    if (words.length < 1) return session.misuse('Error: too few arguments', tail);
    if (words.length > 3) return session.misuse('Error: too many arguments', tail);
    const modifier = words[0]?.startsWith('-') ? words[0] : undefined;
    const [name, ...rest] = modifier === undefined ? words : words.slice(1);
    if (name === undefined) return session.fail('Error: tail requires process name');
    const channel = rest.at(-1)?.toLowerCase() ?? 'stdout';
    if (!isChannel(channel)) return session.fail(`Error: bad channel ${quote(channel)}`);
    if (modifier === '-f') return await showGrowing(session, tail, logPath({ process: name, channel }));
    const bytes = parseBytes(modifier);
    if (bytes === undefined) return session.fail(`Error: bad argument ${modifier}`);
    await showEnd(session, name, 'no such process name', () => session.daemon.readLog(name, channel, bytes));
  },
};

function isChannel(text: string): text is Channel {
  return text === 'stdout' || text === 'stderr';
}
