import { defineOptions, GROUP_OPTIONS, PROCESS_OPTIONS } from '../../../core/index.ts';
import type { CoreTable, CoreType, OptionValues } from '../../../core/index.ts';
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
} from '../option-types/index.ts';

/** How each type of the core's options is written. */
const SCHEMAS = {
  boolean,
  count,
  directoryPath,
  environment,
  integer: integer(),
  octalMode,
  programCommand,
  signal,
  stringList,
  text,
  userName,
} as const satisfies Readonly<Record<CoreType, object>>;

type WithSchemas<Table extends CoreTable> = {
  readonly [Name in keyof Table]: Omit<Table[Name], 'type'> & {
    readonly schema: (typeof SCHEMAS)[Table[Name]['type']];
  };
};

function withSchemas<const Table extends CoreTable>(table: Table): WithSchemas<Table> {
  const options = Object.entries(table).map(([name, { type, ...option }]) => [
    name,
    { schema: SCHEMAS[type], ...option },
  ]);
  // Each option under its name, with the schema of its type.
  return Object.fromEntries(options) as WithSchemas<Table>;
}

const { command, ...others } = withSchemas(PROCESS_OPTIONS);

/** Options of a program (`[program:x]`, `[eventlistener:x]`, `[fcgi-program:x]`) that need no plugin. */
export const programOptions = defineOptions({
  command,
  // How processes are made of a program; they do not have these.
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
  ...others,
});

/** Options of `[group:x]`. */
export const groupOptions = defineOptions(withSchemas(GROUP_OPTIONS));

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
    // Passwords are often given in it.
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
