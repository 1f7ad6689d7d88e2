import { nearest } from '../../../plugins/config/options/nearest.ts';
import { columnize } from '../columns.ts';
import { describeUsage, visibleNames, type Command } from '../command.ts';
import { LOCAL_COMMANDS } from '../local-commands.ts';
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
    const local = LOCAL_COMMANDS.get(name);
    if (local !== undefined) return session.line(describeUsage({ ...local, notes: [LOCAL_NOTE] }));
    session.line(`*** No help on ${name}`);
    const meant = nearest(name, [...visibleNames(session.commands), ...LOCAL_COMMANDS.keys()]);
    if (meant !== undefined) session.advise(`Did you mean "help ${meant}"?`);
  },
};

const LOCAL_NOTE = 'It needs no daemon, and is a command of tsvctl itself: the shell does not have it.';

const HEADER = 'default commands (type help <topic>):';

/** Every name but `help` itself, which is how one got here. */
function topics({ commands, terminal }: Session): string {
  const known = visibleNames(commands).filter((name) => name !== 'help');
  const names = [...known, ...LOCAL_COMMANDS.keys()].toSorted();
  return columnize(names, (terminal.size()?.columns ?? 80) - 1);
}
