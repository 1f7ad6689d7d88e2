import { FAULTS } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { perform, type Action } from '../action.ts';

export const stop: Command = {
  name: 'stop',
  usage: [
    ['stop NAME...', 'stop processes'],
    ['stop GROUP:*', 'stop the processes of a group'],
    ['stop all', 'stop every process'],
  ],
  completes: 'processes',
  async run(session, names) {
    if (!(await session.isUp())) return;
    if (names.length === 0) return session.misuse('Error: stop requires a process name', stop);
    await perform(session, names, STOPPING);
  },
};

export const STOPPING: Action = {
  done: 'stopped',
  progress: 'stopping',
  harmless: FAULTS.NOT_RUNNING,
  problems: new Map([
    [FAULTS.BAD_NAME, 'no such process'],
    [FAULTS.NOT_RUNNING, 'not running'],
  ]),
  explainsFailure: true,
  one: (daemon, name) => daemon.stop(name),
  group: (daemon, group) => daemon.stopGroup(group),
  all: (daemon) => daemon.stopAll(),
};
