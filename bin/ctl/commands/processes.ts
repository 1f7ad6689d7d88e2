import { FAULTS } from '../../../plugins/client/index.ts';
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

export const restart: Command = {
  name: 'restart',
  usage: [
    ['restart NAME...', 'stop all of these processes, then start them'],
    ['restart GROUP:*', 'restart the processes of a group'],
    ['restart all', 'restart every process'],
  ],
  notes: ['Changes of the configuration are not looked at; that is what reread and update are for.'],
  completes: 'processes',
  async run(session, names) {
    if (!(await session.isUp())) return;
    if (names.length === 0) return session.misuse('Error: restart requires a process name', restart);
    await stop.run(session, names);
    await start.run(session, names);
  },
};

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

const STARTING: Action = {
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

const SIGNAL_PROBLEMS: Action['problems'] = new Map([
  [FAULTS.BAD_NAME, 'no such process'],
  [FAULTS.BAD_SIGNAL, 'bad signal name'],
  [FAULTS.NOT_RUNNING, 'not running'],
]);

const STOPPING: Action = {
  done: 'stopped',
  progress: 'stopping',
  harmless: FAULTS.NOT_RUNNING,
  problems: SIGNAL_PROBLEMS,
  explainsFailure: true,
  one: (daemon, name) => daemon.stop(name),
  group: (daemon, group) => daemon.stopGroup(group),
  all: (daemon) => daemon.stopAll(),
};

const signalling = (name: string): Action => ({
  done: 'signalled',
  problems: SIGNAL_PROBLEMS,
  explainsFailure: true,
  one: (daemon, process) => daemon.signal(process, name),
  group: (daemon, group) => daemon.signalGroup(group, name),
  all: (daemon) => daemon.signalAll(name),
});
