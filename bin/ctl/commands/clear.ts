import { FAULTS } from '../../../plugins/control/client/index.ts';
import { perform, type Action } from '../action.ts';
import type { Command } from '../command.ts';

export const clear: Command = {
  name: 'clear',
  usage: [
    ['clear NAME...', 'empty the log files of processes'],
    ['clear all', 'empty the log files of every process'],
  ],
  completes: 'processes',
  async run(session, names) {
    if (!(await session.isUp())) return;
    if (names.length === 0) return session.misuse('Error: clear requires a process name', clear);
    await perform(session, names, CLEARING);
  },
};

const CLEARING: Action = {
  done: 'cleared',
  problems: new Map([
    [FAULTS.BAD_NAME, 'no such process'],
    [FAULTS.FAILED, 'failed'],
  ]),
  one: (daemon, name) => daemon.clearLogs(name),
  all: (daemon) => daemon.clearAllLogs(),
};
