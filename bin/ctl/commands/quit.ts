import type { Command } from '../command.ts';

export const quit: Command = {
  name: 'quit',
  aliases: ['exit', 'EOF'],
  usage: [['quit', 'leave the shell; so do exit and Ctrl-D']],
  run(session) {
    session.line('');
    return 'quit';
  },
};
