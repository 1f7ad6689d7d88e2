/**
 * Parses the command line as Python's getopt does for supervisorctl. Options come first. The first word that is not an
 * option begins the command, which reads its own options (`tail -f`). A long option may be shortened to any unique
 * beginning, and no option may be given twice.
 */
export interface CommandLine {
  readonly configuration: string | undefined;
  readonly serverurl: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly historyFile: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly isInteractive: boolean;
  readonly json: boolean;
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
  /** The command and its words. */
  readonly command: readonly string[];
}

/** An invalid command line or configuration: reported on stderr, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface OptionForm {
  readonly short?: string;
  readonly long: readonly string[];
  /** The name of its value in the help; without one the option is a switch. */
  readonly value?: string;
  readonly meaning: string;
  readonly check?: (value: string) => string | undefined;
}

export const OPTIONS = {
  configuration: {
    short: 'c',
    long: ['configuration'],
    value: 'FILE',
    meaning: 'configuration file (searched for if not given)',
  },
  help: { short: 'h', long: ['help'], meaning: 'show this help' },
  version: { long: ['version'], meaning: 'show the version of tsvctl; the command "version" shows that of the daemon' },
  interactive: { short: 'i', long: ['interactive'], meaning: 'go on with a shell after the command' },
  serverurl: {
    short: 's',
    long: ['serverurl'],
    value: 'URL',
    meaning: 'address of the daemon (default: http://localhost:9001)',
    check: checkUrl,
  },
  username: { short: 'u', long: ['username'], value: 'NAME', meaning: 'user name for the daemon' },
  password: { short: 'p', long: ['password'], value: 'PASSWORD', meaning: 'password for the daemon' },
  history: {
    short: 'r',
    long: ['history-file', 'history_file'],
    value: 'FILE',
    meaning: 'file that keeps the history of the shell',
  },
  timeout: {
    long: ['timeout'],
    value: 'SECONDS',
    meaning: 'how long to wait for an answer (default: as long as it takes)',
    check: checkSeconds,
  },
  json: {
    long: ['json'],
    meaning: 'commands that read print JSON; "help COMMAND" shows whether it does',
  },
} as const satisfies Record<string, OptionForm>;

type OptionName = keyof typeof OPTIONS;

/** Throws {@link UsageError}. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const given = new Map<OptionName, string>();
  const rest = [...argv];
  while (rest[0]?.startsWith('-') && rest[0] !== '-') {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) takeLong(word.slice(2), rest, given);
    else takeShort(word.slice(1), rest, given);
  }
  return {
    configuration: given.get('configuration'),
    serverurl: given.get('serverurl'),
    username: given.get('username'),
    password: given.get('password'),
    historyFile: given.get('history'),
    timeoutMs: given.has('timeout') ? Number(given.get('timeout')) * 1000 : undefined,
    isInteractive: given.has('interactive') || rest.length === 0,
    json: given.has('json'),
    wantsHelp: given.has('help'),
    wantsVersion: given.has('version'),
    command: rest,
  };
}

function takeLong(word: string, rest: string[], given: Map<OptionName, string>): void {
  const [, long = '', value] = /^([^=]*)(?:=([^]*))?$/.exec(word) ?? [];
  const name = findLong(long);
  const form: OptionForm = OPTIONS[name];
  if (form.value === undefined && value !== undefined)
    throw new UsageError(`option --${long} must not have an argument`);
  take(name, `--${longForms(name)[0]}`, value, rest, given);
}

function findLong(long: string): OptionName {
  const names = optionNames();
  const exact = names.find((name) => longForms(name).includes(long));
  if (exact !== undefined) return exact;
  const candidates = names.filter((name) => longForms(name).some((form) => form.startsWith(long)));
  const [only] = candidates;
  if (only === undefined) throw new UsageError(`option --${long} not recognized`);
  if (candidates.length > 1) throw new UsageError(`option --${long} not a unique prefix`);
  return only;
}

/** `-isURL` is `-i -s URL`. */
function takeShort(letters: string, rest: string[], given: Map<OptionName, string>): void {
  for (let i = 0; i < letters.length; i += 1) {
    const letter = letters.charAt(i);
    const name = optionNames().find((option) => shortForm(option) === (letter === '?' ? 'h' : letter));
    if (name === undefined) throw new UsageError(`option -${letter} not recognized`);
    const form: OptionForm = OPTIONS[name];
    const attached = letters.slice(i + 1);
    take(name, `-${letter}`, form.value === undefined || attached === '' ? undefined : attached, rest, given);
    if (form.value !== undefined) return;
  }
}

function take(
  name: OptionName,
  shown: string,
  attached: string | undefined,
  rest: string[],
  given: Map<OptionName, string>,
): void {
  const form: OptionForm = OPTIONS[name];
  const value = form.value === undefined ? '' : (attached ?? rest.shift());
  if (value === undefined) throw new UsageError(`option ${shown} requires argument`);
  const problem = form.check?.(value);
  if (problem !== undefined) throw new UsageError(`invalid value for ${shown} '${value}': ${problem}`);
  if (given.has(name)) throw new UsageError(`conflicting command line option '${shown}'`);
  given.set(name, value);
}

function checkUrl(value: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:./i.test(value) ? undefined : `value '${value}' is not a URL`;
}

function checkSeconds(value: string): string | undefined {
  return Number(value) > 0 ? undefined : 'a number of seconds above 0 is expected';
}

function optionNames(): readonly OptionName[] {
  return Object.keys(OPTIONS).filter((name): name is OptionName => name in OPTIONS);
}

function longForms(name: OptionName): readonly string[] {
  return OPTIONS[name].long;
}

function shortForm(name: OptionName): string | undefined {
  const form: OptionForm = OPTIONS[name];
  return form.short;
}

/** What `--help` prints. */
export function describeCommandLine(): string {
  const rows = Object.values(OPTIONS).map((form: OptionForm) => {
    const short = form.short === undefined ? '    ' : `-${form.short}, `;
    const value = form.value === undefined ? '' : ` ${form.value}`;
    return `  ${`${short}--${form.long[0]}${value}`.padEnd(28)} ${form.meaning}`;
  });
  return [
    'tsvctl: control the programs of a tsvd or supervisord daemon.',
    '',
    'Usage: tsvctl [options] [command [words]]',
    '',
    ...rows,
    '',
    'Without a command, or with -i, a shell reads commands. "tsvctl help" lists them.',
    'Without a daemon: "tsvctl [-c FILE] systemd-unit [--user]" prints a unit for systemd,',
    '"tsvctl convert FILE" a configuration in another format; "tsvctl help convert" says more.',
    '',
  ].join('\n');
}
