import { nearest } from '../../../plugins/config/nearest.ts';
import { columnize } from '../columns.ts';
import { describeUsage, visibleNames, type Command } from '../command.ts';
import type { Session } from '../session.ts';

export const help: Command = {
  name: 'help',
  usage: [
    ['help', 'list the commands'],
    ['help COMMAND', 'show what a command does'],
  ],
  completes: 'commands',
  run(session, words) {
    if (words.length === 0) return session.line(`\n${HEADER}\n${'='.repeat(HEADER.length)}\n${topics(session)}\n`);
    const name = words.join(' ');
    const command = session.commands.get(name);
    if (command !== undefined) return session.line(describeUsage(command));
    session.line(`*** No help on ${name}`);
    const meant = nearest(name, visibleNames(session.commands));
    if (meant !== undefined) session.advise(`Did you mean "help ${meant}"?`);
  },
};

const HEADER = 'default commands (type help <topic>):';

/** Every name but `help` itself, which is how one got here. */
function topics({ commands, terminal }: Session): string {
  const names = visibleNames(commands).filter((name) => name !== 'help');
  return columnize(names, (terminal.size()?.columns ?? 80) - 1);
}

export const quit: Command = {
  name: 'quit',
  aliases: ['exit', 'EOF'],
  usage: [['quit', 'leave the shell; so do exit and Ctrl-D']],
  run(session) {
    session.line('');
    return 'quit';
  },
};
