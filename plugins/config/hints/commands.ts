/**
 * What can be told about a command from its words alone. The words are those that tsvd itself will run: split like a shell's,
 * without substitution.
 */

const basename = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** They take shell text, or hand what follows to a shell or another machine. */
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'fish', 'busybox', 'su', 'ssh', 'script', 'eval']);

/** The text that a shell is given with -c, or undefined. */
function shellText(words: readonly string[]): string | undefined {
  if (!['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh'].includes(basename(words[0] ?? ''))) return undefined;
  const flag = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  return flag === -1 ? undefined : words[flag + 1];
}

const OPERATORS = new Set(['&&', '||', '|', ';', '&', '<', '>', '>>']);

/** The first word that only a shell would understand; `undefined` where a shell is there to do so. */
export function shellSyntax(words: readonly string[]): string | undefined {
  if (words.some((word) => SHELLS.has(basename(word)))) return undefined;
  return words.find(
    (word) =>
      OPERATORS.has(word) ||
      /^\d?>>?(?:&\d|\/)/.test(word) ||
      /^(?:[\w./-]*[=:/])?\$(?:[A-Za-z_]\w*|\{\w+\})(?:[:/].*)?$/.test(word) ||
      /[^&]&$/.test(word) ||
      /^`.*`$|^\$\(/.test(word),
  );
}

interface Daemonizer {
  /** The program, by its name alone. */
  readonly program: RegExp;
  /** Whether these arguments put it into the background. */
  readonly goes: (args: readonly string[]) => boolean;
  readonly instead: string;
}

/** Whether one of these flags is given; a flag of one letter may be among others (`-De`). */
const having =
  (...flags: string[]) =>
  (args: readonly string[]): boolean =>
    args.some((arg) =>
      flags.some((flag) =>
        /^-[A-Za-z]$/.test(flag) ? /^-[A-Za-z]+$/.test(arg) && arg.includes(flag.charAt(1)) : arg === flag,
      ),
    );
const without =
  (...flags: string[]) =>
  (args: readonly string[]): boolean =>
    !having(...flags)(args);

/** Programs that leave the foreground, by themselves or where they are told to. */
const DAEMONIZERS: readonly Daemonizer[] = [
  {
    program: /^nginx$/,
    goes: (args) => !/daemon\s+off/.test(args.join(' ')) && !having('-t', '-v', '-V', '-s')(args),
    instead: 'nginx -g "daemon off;", unless nginx.conf says so',
  },
  {
    program: /^(httpd|apache2)$/,
    goes: without('-DFOREGROUND', 'FOREGROUND', '-X', 'NO_DETACH'),
    instead: '-DFOREGROUND',
  },
  { program: /^apache(2)?ctl$/, goes: without('-DFOREGROUND', 'FOREGROUND'), instead: 'apache2 -DFOREGROUND' },
  {
    program: /^php\d*-fpm[\d.]*$/,
    goes: without('-F', '--nodaemonize', '-R'),
    instead: '-F (--nodaemonize), unless php-fpm.conf has daemonize = no',
  },
  { program: /^service$/, goes: () => true, instead: 'the program itself, in the foreground' },
  { program: /^systemctl$/, goes: having('start', 'restart'), instead: 'the program itself, in the foreground' },
  { program: /^start-stop-daemon$/, goes: having('-b', '--background'), instead: 'the program itself' },
  { program: /^sshd$/, goes: without('-D', '-d'), instead: '-D' },
  { program: /^cron$/, goes: without('-f'), instead: '-f' },
  { program: /^crond$/, goes: without('-f', '-n'), instead: '-n (or -f, by the kind of crond)' },
  { program: /^rsyslogd$/, goes: without('-n'), instead: '-n' },
  { program: /^memcached$/, goes: having('-d', '--daemon'), instead: 'the same without -d' },
  { program: /^mongod$/, goes: having('--fork'), instead: 'the same without --fork' },
  { program: /^gunicorn\d*$/, goes: having('-D', '--daemon'), instead: 'the same without --daemon' },
  {
    program: /^uwsgi$/,
    goes: (args) => args.some((arg) => arg.startsWith('--daemonize')),
    instead: 'the same without --daemonize',
  },
  { program: /^celery$/, goes: having('multi', '--detach', '-D'), instead: 'celery worker, without --detach' },
  { program: /^haproxy$/, goes: having('-D'), instead: '-db' },
  {
    program: /^(docker|podman)$/,
    goes: (args) => args[0] === 'run' && having('-d', '--detach')(args),
    instead: 'the same without -d',
  },
  {
    program: /^docker-compose$/,
    goes: (args) => args.includes('up') && having('-d', '--detach')(args),
    instead: 'the same without -d',
  },
  { program: /^(pm2|forever)$/, goes: having('start'), instead: 'the program itself; one process manager is enough' },
  { program: /^postfix$/, goes: having('start'), instead: 'postfix start-fg' },
  {
    program: /^(screen|tmux)$/,
    goes: (args) => /^-\w*d/.test(args[0] ?? '') || args[0] === 'new-session',
    instead: 'the program itself',
  },
];

/** Why a command does not stay in the foreground, and what would. */
export function background(words: readonly string[]): { what: string; instead: string } | undefined {
  const text = shellText(words);
  if (text !== undefined)
    return /[^&>]&\s*$/.test(text)
      ? { what: 'the "&" at its end', instead: 'the same without "&", or exec in front of the last command' }
      : undefined;
  if (/^\/etc\/(?:rc|init)\.d\//.test(words[0] ?? ''))
    return { what: 'a script of init.d', instead: 'the program that the script starts, in the foreground' };
  // `redis-server --daemonize yes`, and others that take a value.
  const at = words.indexOf('--daemonize');
  if (at !== -1 && /^(yes|true|1)$/.test(words[at + 1] ?? ''))
    return { what: '--daemonize', instead: '--daemonize no' };
  const name = basename(words[0] ?? '');
  const found = DAEMONIZERS.find(({ program, goes }) => program.test(name) && goes(words.slice(1)));
  return found === undefined ? undefined : { what: name, instead: found.instead };
}

/** A wrapper that does not pass a signal on to what it runs. */
export function deafWrapper(words: readonly string[]): string | undefined {
  const name = basename(words[0] ?? '');
  if (/^(npm|yarn|pnpm|npx)$/.test(name)) return name;
  const text = shellText(words);
  if (text === undefined) return undefined;
  // Of a single command bash and dash become that command themselves.
  const bare = bareText(text);
  const commands = partsOf(bare, /&&|\|\||[;|\n]/);
  const last = partsOf(bare, /&&|\|\||[;\n]/).at(-1) ?? '';
  if (commands.length < 2 || commands.every(isOfShell) || /^exec\s/.test(last)) return undefined;
  // bash becomes the last command of a list, too, but not one of a pipeline.
  if (name === 'bash' && !/[|&]/.test(last) && !isOfShell(last)) return undefined;
  return `${name} -c`;
}

function partsOf(text: string, operators: RegExp): string[] {
  return text.split(operators).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

const KEYWORDS = /^(?:(?:while|until|for\s+\w+\s+in|if|then|else|elif|do|done|fi|!|\{|\})(?:\s+|$))+/;
const BUILTINS = new Set(
  'cd echo printf read export set unset trap kill exit wait test true false : [ shift umask'.split(' '),
);

/** Whether a command starts no other program: what a shell carries out itself, as in a listener that is a loop over `read`. */
function isOfShell(command: string): boolean {
  const [word = ''] = command.replace(KEYWORDS, '').split(/\s+/);
  return word === '' || BUILTINS.has(word) || /^\w+=/.test(word) || /^[<>]/.test(word);
}

/** Shell text without what its quotes and substitutions hold: the operators that are left join its own commands. */
function bareText(text: string): string {
  return text.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"|\$\([^()]*\)|`[^`]*`/g, '_');
}

/** A path that depends on the folder that the daemon happens to be in: `./run`, `bin/app`, and no name for the PATH. */
export function isRelativePath(path: string): boolean {
  return path.includes('/') && !/^[/~]/.test(path);
}
