import { parseArgs, type ParseArgsConfig } from 'node:util';

/** One option of the command line. */
interface Argument {
  readonly short?: string;
  /** The name of its value in the help; absent for a switch. */
  readonly value?: string;
  /** The option of `[supervisord]` that it overrides. */
  readonly overrides?: string;
  readonly help: string;
}

/** Supervisor's command line, and what tsvd adds to it. Supervisor: supervisord.py, its usage text. */
const ARGUMENTS = {
  configuration: { short: 'c', value: 'FILE', help: 'configuration file; searched for where it is not given' },
  nodaemon: { short: 'n', overrides: 'nodaemon', help: 'run in the foreground' },
  silent: { short: 's', overrides: 'silent', help: 'keep the log off stdout in the foreground' },
  help: { short: 'h', help: 'print this text and exit' },
  version: { short: 'v', help: 'print the version and exit' },
  user: { short: 'u', value: 'USER', overrides: 'user', help: 'run as this user, by name or number' },
  umask: { short: 'm', value: 'UMASK', overrides: 'umask', help: 'umask of the daemon (default 022)' },
  directory: {
    short: 'd',
    value: 'DIRECTORY',
    overrides: 'directory',
    help: 'directory to change to when daemonizing',
  },
  logfile: { short: 'l', value: 'FILE', overrides: 'logfile', help: 'activity log of the daemon' },
  logfile_maxbytes: {
    short: 'y',
    value: 'BYTES',
    overrides: 'logfile_maxbytes',
    help: 'size at which that log is rotated',
  },
  logfile_backups: { short: 'z', value: 'NUMBER', overrides: 'logfile_backups', help: 'rotated logs to keep' },
  loglevel: {
    short: 'e',
    value: 'LEVEL',
    overrides: 'loglevel',
    help: 'critical, error, warn, info, debug, trace or blather',
  },
  pidfile: { short: 'j', value: 'FILE', overrides: 'pidfile', help: 'file for the process id' },
  identifier: { short: 'i', value: 'NAME', overrides: 'identifier', help: 'name of this daemon for its clients' },
  childlogdir: {
    short: 'q',
    value: 'DIRECTORY',
    overrides: 'childlogdir',
    help: 'directory for AUTO logs of programs',
  },
  nocleanup: { short: 'k', overrides: 'nocleanup', help: 'keep the AUTO logs of earlier runs' },
  minfds: { short: 'a', value: 'NUMBER', overrides: 'minfds', help: 'descriptors that must be available' },
  strip_ansi: { short: 't', overrides: 'strip_ansi', help: 'remove ANSI escape sequences from the logs of programs' },
  minprocs: { value: 'NUMBER', overrides: 'minprocs', help: 'processes that must be available' },
  check: { help: 'report all problems of the configuration, start nothing' },
  diff: {
    help: 'with --check: show what an update would change, in the running daemon or against OLD_FILE',
  },
  host: { help: 'with --check: look at this machine too: commands, directories, users, limits' },
  json: { help: 'with --check: print the configuration as it is understood, as JSON; with --diff, the changes' },
} as const satisfies Record<string, Argument>;

type ArgumentName = keyof typeof ARGUMENTS;

export interface CommandLine {
  readonly configuration: string | undefined;
  /** `[supervisord]` options that win over the file. */
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly does: 'help' | 'version' | 'check' | 'diff' | 'run';
  /** What `--diff` compares with; default: the running daemon. */
  readonly oldFile: string | undefined;
  readonly json: boolean;
  /** Whether a check includes what programs need of this machine. */
  readonly host: boolean;
}

/** An action instead of running; the first one given wins. */
const DEEDS = ['help', 'version', 'diff', 'check'] as const;

/** @throws Error with a text that names the argument. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const tokens = tokensOf(argv);
  const given = new Map<ArgumentName, string | true>();
  let oldFile: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional' && given.has('diff') && oldFile === undefined) {
      oldFile = token.value;
      continue;
    }
    if (token.kind === 'positional') throw new Error(`positional arguments are not supported: ${token.value}`);
    if (token.kind !== 'option') continue;
    const name = nameOf(token.name, token.rawName);
    const { value } = argumentOf(name);
    if (given.has(name)) throw new Error(`conflicting command line option ${shown(name)}: given more than once`);
    if (value !== undefined && token.value === undefined)
      throw new Error(`option ${token.rawName} requires a value: ${value}`);
    if (value === undefined && token.value !== undefined) throw new Error(`option ${token.rawName} takes no value`);
    given.set(name, token.value ?? true);
  }
  const configuration = given.get('configuration');
  const does = DEEDS.find((deed) => given.has(deed)) ?? 'run';
  if (given.has('host') && does !== 'check') throw new Error('option --host requires --check');
  if (given.has('json') && does === 'run') throw new Error('option --json requires --check or --diff');
  return {
    configuration: typeof configuration === 'string' ? configuration : undefined,
    overrides: overridesOf(given),
    does,
    oldFile,
    json: given.has('json'),
    host: given.has('host'),
  };
}

export function helpText(): string {
  const lines = Object.keys(ARGUMENTS).map((name) => {
    const { short, value, help }: Argument = argumentOf(name as ArgumentName);
    const long = `--${name}${value === undefined ? '' : ` ${value}`}`;
    return `  ${short === undefined ? '   ' : `-${short},`} ${long.padEnd(29)} ${help}`;
  });
  return `tsvd: run programs in the background and keep them alive.

Usage: tsvd [options]

${lines.join('\n')}
`;
}

function argumentOf(name: ArgumentName): Argument {
  return ARGUMENTS[name];
}

function tokensOf(argv: readonly string[]) {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, argument] of Object.entries<Argument>(ARGUMENTS)) {
    options[name] = {
      type: argument.value === undefined ? 'boolean' : 'string',
      ...(argument.short !== undefined && { short: argument.short }),
    };
  }
  // Abbreviated long options are spelled out first: getopt accepts them, and so do scripts written for it.
  const args = argv.map((word) => (word.startsWith('--') ? spellOut(word) : word === '-?' ? '-h' : word));
  return parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function spellOut(word: string): string {
  const [, name = '', rest = ''] = /^--([^=]*)(.*)$/s.exec(word) ?? [];
  const matches = Object.keys(ARGUMENTS).filter((candidate) => candidate.startsWith(name));
  return name !== '' && matches.length === 1 ? `--${matches[0]}${rest}` : word;
}

function nameOf(name: string, rawName: string): ArgumentName {
  if (Object.hasOwn(ARGUMENTS, name)) return name as ArgumentName;
  throw new Error(`option ${rawName} not recognized`);
}

function shown(name: ArgumentName): string {
  const { short } = argumentOf(name);
  return short === undefined ? `--${name}` : `-${short}/--${name}`;
}

function overridesOf(given: ReadonlyMap<ArgumentName, string | true>): Record<string, unknown> {
  const overrides: Record<string, unknown> = {};
  for (const [name, value] of given) {
    const { overrides: option } = argumentOf(name);
    if (option !== undefined) overrides[option] = value === true ? true : value;
  }
  return overrides;
}
