import { FAULTS } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { perform, type Action } from '../action.ts';

export const signal: Command = {
  name: 'signal',
  usage: [
    ['signal SIGNAL NAME...', 'send a signal to processes'],
    ['signal SIGNAL GROUP:*', 'send a signal to the processes of a group'],
    ['signal SIGNAL all', 'send a signal to every process'],
  ],
  completes: 'processes',
  words: ['HUP', 'INT', 'QUIT', 'TERM', 'KILL', 'USR1', 'USR2', 'CONT', 'STOP'],
  async run(session, [name, ...names]) {
    if (!(await session.isUp())) return;
    if (name === undefined || names.length === 0) {
      return session.misuse('Error: signal requires a signal name and a process name', signal);
    }
    await perform(session, names, signalling(name));
  },
};

const PROBLEMS: Action['problems'] = new Map([
  [FAULTS.BAD_NAME, 'no such process'],
  [FAULTS.BAD_SIGNAL, 'bad signal name'],
  [FAULTS.NOT_RUNNING, 'not running'],
]);

const signalling = (name: string): Action => ({
  done: 'signalled',
  problems: PROBLEMS,
  explainsFailure: true,
  one: (daemon, process) => daemon.signal(process, name),
  group: (daemon, group) => daemon.signalGroup(group, name),
  all: (daemon) => daemon.signalAll(name),
});
