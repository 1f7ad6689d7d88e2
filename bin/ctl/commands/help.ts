import { columnize } from '../columns.ts';
import { describeUsage, type Command } from '../command.ts';
import { visibleNames } from '../completion.ts';

export const help: Command = {
  name: 'help',
  usage: [
    ['help', 'list the commands'],
    ['help COMMAND', 'show what a command does'],
  ],
  completes: 'commands',
  run(session, words) {
    if (words.length === 0)
      return session.line(`\n${HEADER}\n${'='.repeat(HEADER.length)}\n${topics(session.commands)}\n`);
    const name = words.join(' ');
    const command = session.commands.get(name);
    session.line(command === undefined ? `*** No help on ${name}` : describeUsage(command));
  },
};

const HEADER = 'default commands (type help <topic>):';

/** Every name but `help` itself, which is how one got here. */
function topics(commands: ReadonlyMap<string, Command>): string {
  const names = visibleNames(commands).filter((name) => name !== 'help');
  return columnize(names, 79);
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
