import { FAULTS } from '../../../plugins/control/client/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { perform, type Action } from '../action.ts';

export const start: Command = {
  name: 'start',
  usage: [
    ['start NAME...', 'start processes'],
    ['start GROUP:*', 'start the processes of a group'],
    ['start all', 'start every process'],
  ],
  completes: 'processes',
  async run(session, names) {
    if (!(await session.isUp())) return;
    if (names.length === 0) {
      return session.misuse('Error: start requires a process name', start, EXIT.invalidArguments);
    }
    await perform(session, names, STARTING);
  },
};

export const STARTING: Action = {
  done: 'started',
  progress: 'starting',
  harmless: FAULTS.ALREADY_STARTED,
  unknownGroup: EXIT.invalidArguments,
  problems: new Map([
    [FAULTS.BAD_NAME, 'no such process'],
    [FAULTS.NO_FILE, 'no such file'],
    [FAULTS.NOT_EXECUTABLE, 'file is not executable'],
    [FAULTS.ALREADY_STARTED, 'already started'],
    [FAULTS.SPAWN_ERROR, 'spawn error'],
    [FAULTS.ABNORMAL_TERMINATION, 'abnormal termination'],
  ]),
  one: (daemon, name) => daemon.start(name),
  group: (daemon, group) => daemon.startGroup(group),
  all: (daemon) => daemon.startAll(),
};
