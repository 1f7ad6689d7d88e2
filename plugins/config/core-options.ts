import { CORE_CHANGES, defineOptions } from '../../core/index.ts';
import type { OptionValues } from '../../core/index.ts';
import {
  boolean,
  count,
  directoryPath,
  environment,
  existingDirectory,
  integer,
  pidFile,
  processName,
  programCommand,
  octalMode,
  signal,
  stringList,
  text,
  userName,
} from './option-types.ts';

/** Options of a program (`[program:x]`, `[eventlistener:x]`, `[fcgi-program:x]`) that the core itself carries out. */
export const programOptions = defineOptions({
  command: {
    schema: programCommand,
    default: undefined,
    required: true,
    change: CORE_CHANGES.command,
    description: 'The program and its arguments, split into words like in a shell, without substitution.',
  },
  process_name: {
    schema: processName,
    default: '%(program_name)s',
    change: 'restart',
    description:
      'Name of the process, without blanks, colons and slashes; with numprocs above 1 it has to contain %(process_num)d.',
  },
  numprocs: {
    schema: count,
    default: 1,
    change: 'live',
    description: 'How many processes to run from this program, at most 100,000.',
  },
  numprocs_start: {
    schema: integer(),
    default: 0,
    change: 'live',
    description: 'The number that %(process_num)d counts from.',
  },
  priority: {
    schema: integer(),
    default: 999,
    change: CORE_CHANGES.priority,
    description: 'Programs with a lower number start earlier and stop later; it may be negative.',
  },
  autostart: {
    schema: boolean,
    default: true,
    change: CORE_CHANGES.autostart,
    description: 'Start the program together with the daemon, and when an update adds it.',
  },
  startsecs: {
    schema: count,
    default: 1,
    change: CORE_CHANGES.startsecs,
    description:
      'Seconds that the program has to stay up for a start to count as a success; with 0 the spawn is enough.',
  },
  stopsignal: {
    schema: signal,
    default: 'SIGTERM',
    change: CORE_CHANGES.stopsignal,
    description: 'Signal that asks the program to stop, by name (with or without SIG) or number.',
  },
  stopwaitsecs: {
    schema: count,
    default: 10,
    change: CORE_CHANGES.stopwaitsecs,
    description: 'Seconds to wait after the stop signal before SIGKILL.',
  },
  stopasgroup: {
    schema: boolean,
    default: false,
    change: CORE_CHANGES.stopasgroup,
    description: 'Send the stop signal to the whole process group; implies killasgroup.',
  },
  killasgroup: {
    schema: boolean,
    default: false,
    change: CORE_CHANGES.killasgroup,
    description: 'Send SIGKILL to the whole process group; follows stopasgroup when not given.',
  },
  user: {
    schema: userName,
    default: undefined,
    change: CORE_CHANGES.user,
    description: "User to run the program as, with all of that user's groups; only root can change it.",
  },
  directory: {
    schema: directoryPath,
    default: undefined,
    change: CORE_CHANGES.directory,
    description: "Working directory of the program; by default the daemon's.",
  },
  umask: {
    schema: octalMode,
    default: undefined,
    change: CORE_CHANGES.umask,
    description: "File mode creation mask of the program; by default the daemon's.",
  },
  environment: {
    schema: environment,
    // Half of the world's passwords are here.
    secret: true,
    default: {},
    change: CORE_CHANGES.environment,
    description: "Variables that are added to the daemon's environment for this program.",
  },
  serverurl: {
    schema: text,
    default: undefined,
    change: CORE_CHANGES.serverurl,
    description:
      'SUPERVISOR_SERVER_URL of the program; by default, and with AUTO, the address of the first server. Empty: not set.',
  },
});

/** Options of `[group:x]`. */
export const groupOptions = defineOptions({
  programs: {
    schema: stringList,
    default: [],
    required: true,
    // Members come and go; those that stay are not touched.
    change: 'live',
    description: 'Names of the programs in the group.',
  },
  priority: {
    schema: integer(),
    default: 999,
    change: 'live',
    description: 'Groups with a lower number start earlier and stop later; it may be negative.',
  },
});

/** Options of `[supervisord]` that need no plugin. */
export const supervisordOptions = defineOptions({
  pidfile: {
    schema: pidFile,
    default: 'supervisord.pid',
    change: 'restart',
    description: 'File that holds the process id of the daemon while it runs.',
  },
  nodaemon: {
    schema: boolean,
    default: false,
    change: 'restart',
    description: 'Stay in the foreground instead of becoming a daemon.',
  },
  umask: {
    schema: octalMode,
    default: 0o022,
    change: 'restart',
    description: 'File mode creation mask of the daemon, once daemonized.',
  },
  directory: {
    schema: existingDirectory,
    default: undefined,
    change: 'restart',
    description: 'Directory to change to when daemonizing; it has to exist.',
  },
  user: {
    schema: userName,
    default: undefined,
    change: 'restart',
    description: 'User to become before anything else is done; only root can.',
  },
  identifier: {
    schema: text,
    default: 'supervisor',
    change: 'restart',
    description: 'Name of this daemon for its clients.',
  },
  minfds: {
    schema: integer(),
    default: 1024,
    change: 'restart',
    description:
      'File descriptors that must be available; the limit is raised if need be, and where it cannot be, nothing starts.',
  },
  minprocs: {
    schema: integer(),
    default: 200,
    change: 'restart',
    description:
      'Processes that must be available; the limit is raised if need be, and where it cannot be, nothing starts.',
  },
  environment: {
    schema: environment,
    // Half of the world's passwords are here.
    secret: true,
    default: {},
    // They are part of each program's own environment, and a change of that is one of the program.
    change: 'live',
    description: 'Variables for every program, below its own ones; also available as %(ENV_NAME)s.',
  },
});

/** Options of `[supervisorctl]`. The client reads them; the daemon only has to know their names. */
export const supervisorctlOptions = defineOptions({
  serverurl: {
    schema: text,
    default: 'http://localhost:9001',
    change: 'live',
    description: 'Address of the daemon: http://host:port or unix:///path.',
  },
  username: { schema: text, default: undefined, change: 'live', description: 'Name to give to the daemon.' },
  password: {
    schema: text,
    default: undefined,
    change: 'live',
    secret: true,
    description: 'Password to give to the daemon.',
  },
  prompt: { schema: text, default: 'supervisor', change: 'live', description: 'Prompt of the interactive client.' },
  history_file: {
    schema: text,
    default: undefined,
    change: 'live',
    description: 'File that keeps what was typed in the interactive client; without one nothing is kept.',
  },
});

export type ProgramValues = OptionValues<typeof programOptions>;
export type SupervisordValues = OptionValues<typeof supervisordOptions>;
