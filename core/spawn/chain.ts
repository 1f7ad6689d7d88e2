import { basename, dirname, isAbsolute } from 'node:path';
import type { UserIdentity } from '../config.ts';
import type { ExecFailure } from './failure.ts';
import { obstacleOf, stderrLines, type Obstacle } from './obstacle.ts';
import type { SpawnPlan } from './plan.ts';
import type { Tools } from './tools.ts';

/**
 * What a child executes first when it has to change itself before it becomes its program: a chain of standard tools, each
 * of which executes the next.
 *
 *     chroot --userspec=+UID:+GID --groups=+G1,+G2 --skip-chdir /     the identity
 *     sh -c 'umask 027; exec "$@"' sh                                the umask
 *     env -C DIR -u NAME NAME=VALUE                                  the folder, and variables withheld so far
 *     COMMAND ARGUMENTS
 *
 * Nothing of the daemon is changed for it. Until `chroot` has changed the identity the child is root, so nothing that the
 * program's configuration or its user decides may act there:
 *
 * - Every tool is an absolute path.
 * - Ids are numbers with `+` in front: chroot then asks no name service.
 * - Variables that the loader or libc obey are withheld from the tools; `env` sets them after the switch. Everybody can read
 *   arguments, so nothing else goes this way.
 * - The folder is entered after the switch: before it, root without CAP_DAC_OVERRIDE may not enter what the user may.
 */
export interface Chain {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The directory is entered by the chain, or before it. */
  readonly cwd: string | undefined;
  /**
   * What a process is called that did not get past a tool, as the kernel shows it. A tool of the program's own name is not
   * among them: an exit of that name is the program's.
   */
  readonly comms: ReadonlySet<string>;
  /** What the child was to look for itself. Its shell exits with {@link MET} where it met it. */
  readonly obstacle: (Obstacle & { readonly comm: string }) | undefined;
}

/** Whether the child has to change itself. Without need, a program is executed directly. */
export function needsChain({ identity, umask }: SpawnPlan): boolean {
  return identity !== undefined || umask !== undefined;
}

/** @param obstacle one that the child is to look for itself, before it gives up. */
export function chainOf(plan: SpawnPlan, tools: Tools, obstacle?: Obstacle): Chain {
  const { identity, cwd, env } = plan;
  const shell = shellStage(plan, tools, obstacle);
  const withheld = identity === undefined ? [] : Object.keys(env).filter(actsOnTools);
  const folder = identity === undefined || cwd === undefined ? [] : ['-C', cwd];
  const { restored, added } = shell.length === 0 ? { restored: [], added: [] } : shellVariables(env);
  const changes = [
    ...folder,
    ...added.flatMap((name) => ['-u', name]),
    ...[...withheld, ...restored].map((name) => `${name}=${env[name]}`),
  ];
  const word = wordOf(plan);
  // `nice` executes any word; and it has another name than a program called env.
  const last = isTakenForOption(word) || commOf(plan.file) === commOf(tools.env) ? [tools.nice, '-n', '0'] : [];
  const own = [
    ...(identity === undefined ? [] : [tools.chroot]),
    ...(changes.length === 0 ? [] : [tools.env, ...last.slice(0, 1)]),
  ];
  const stages = [
    ...(identity === undefined ? [] : identityStage(identity, tools)),
    ...shell,
    ...(changes.length === 0 ? [] : [tools.env, ...changes, ...last]),
    word,
    ...plan.argv.slice(1),
  ];
  return {
    file: stages[0] ?? word,
    argv: stages,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.includes(name))),
    cwd: identity === undefined ? cwd : undefined,
    comms: new Set(own.map(commOf).filter((comm) => comm !== commOf(plan.file))),
    obstacle: obstacle && { ...obstacle, comm: commOf(shell[0] ?? tools.sh) },
  };
}

/** No program of today exits with it but these tools, for failures of their own. */
const MET = 125;

function identityStage({ uid, gid, groups }: UserIdentity, { chroot }: Tools): string[] {
  const list = groups.map((group) => `+${group}`).join(',');
  return [chroot, `--userspec=+${uid}:+${gid}`, `--groups=${list}`, '--skip-chdir', '/'];
}

/** A script that needs no quoting: all it is given are its arguments. */
function shellStage(plan: SpawnPlan, { sh, bash }: Tools, obstacle: Obstacle | undefined): string[] {
  const { umask, cwd, env } = plan;
  if (umask === undefined && obstacle === undefined) return [];
  // dash drops variables whose names are not its own kind of name; bash keeps them. -p: it obeys none of them.
  const shell = Object.keys(env).every((name) => /^[a-z_]\w*$/i.test(name)) || bash === undefined ? [sh] : [bash, '-p'];
  const mask = umask === undefined ? '' : `umask ${umask.toString(8).padStart(4, '0')}; `;
  if (obstacle === undefined) return [...shell, '-c', `${mask}exec "$@"`, 'sh'];
  const look = 'if (CDPATH= cd -- "$2" && [ -x "$3" ]) >/dev/null 2>&1; then shift 3; exec "$@"; fi';
  return [
    ...shell,
    '-c',
    `${mask}${look}; printf %s "$1" >&2; exit ${MET}`,
    'sh',
    stderrLines(obstacle),
    cwd ?? '.',
    plan.file,
  ];
}

/** What a shell sets by itself: values of the plan are put back, names that it does not have are taken out. */
function shellVariables(env: SpawnPlan['env']): { restored: string[]; added: string[] } {
  const names = ['PWD', 'OLDPWD', 'SHLVL', '_'];
  return {
    restored: names.filter((name) => Object.hasOwn(env, name)),
    added: names.filter((name) => !Object.hasOwn(env, name)),
  };
}

/**
 * How the last tool is told the command. It gives its program that word as its name, so the name from the configuration is
 * kept where a search of PATH leads to the same file.
 */
function wordOf(plan: SpawnPlan): string {
  const { file, argv, env } = plan;
  const [name = file] = argv;
  if (name === file || name.includes('/') || basename(file) !== name || isTakenForOption(name)) return file;
  const folders = (env['PATH'] ?? '').split(':');
  const before = folders.slice(0, folders.indexOf(dirname(file)) + 1);
  return before.length > 0 && before.every(isAbsolute) ? name : file;
}

/** `env` takes a word with `=` for an assignment and one with `-` for an option. */
function isTakenForOption(word: string): boolean {
  return word.includes('=') || word.startsWith('-');
}

/** The kernel keeps 15 bytes of the name of what was executed. */
function commOf(file: string): string {
  return basename(file).slice(0, 15);
}

/**
 * Variables by which somebody makes the loader or libc run other code, read other files or talk: what glibc keeps from
 * set-user-ID programs (sysdeps/generic/unsecvars.h), all of their families, and the locale.
 */
function actsOnTools(name: string): boolean {
  return ACTING.test(name);
}

const ACTING = new RegExp(
  [
    '^(LD|MALLOC|GLIBC|GCONV|LC)_',
    '^(GETCONF_DIR|HOSTALIASES|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RES_OPTIONS|RESOLV_HOST_CONF|TMPDIR|TZDIR)$',
    '^(LANG|LANGUAGE|OUTPUT_CHARSET|CHARSETALIASDIR)$',
  ].join('|'),
);

/**
 * Why an exit of the chain means that its program never ran: one of the tools' own codes, under the tool's own name.
 * @param comm the name of the zombie, where it is known.
 */
export function failureOfChain(plan: SpawnPlan, chain: Chain, code: number, comm: string | undefined) {
  const { comms, obstacle } = chain;
  if (obstacle !== undefined && code === MET && (comm ?? obstacle.comm) === obstacle.comm) return obstacle.failure;
  if (code < 125 || code > 127 || comm === undefined || !comms.has(comm)) return undefined;
  // A program may end as such a tool, too (`exec env …`): one that could have run, did.
  return code === 125 ? switchFailure(plan, comm) : obstacleOf(plan)?.failure;
}

/** What is known of a chain whose tool failed by itself. It has said more on the program's stderr. */
function switchFailure({ identity, cwd }: SpawnPlan, comm: string): ExecFailure {
  const its = "its stderr has the tool's words";
  if (comm === 'chroot') return { kind: 'identity', text: `the child could not become user ${identity?.name}; ${its}` };
  const user = identity === undefined ? '' : ` as user ${identity.name}`;
  return { kind: 'directory', text: `the directory ${cwd} cannot be entered${user}; ${its}` };
}
