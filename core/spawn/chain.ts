import { basename, dirname, isAbsolute } from 'node:path';
import type { UserIdentity } from '../config.ts';
import type { ExecFailure } from './failure.ts';
import { obstacleOf, stderrLines, type Obstacle } from './obstacle.ts';
import type { SpawnPlan } from './plan.ts';
import type { Tools } from './tools.ts';

/**
 * A chain of standard tools, each of which executes the next. A child executes it first if it has to change its
 * identity, umask or directory before it becomes its program.
 *
 *     chroot --userspec=+UID:+GID --groups=+G1,+G2 --skip-chdir /     the identity
 *     sh -c 'umask 027; exec "$@"' sh                                the umask
 *     env -C DIR -u NAME NAME=VALUE                                  the folder, and variables withheld so far
 *     COMMAND ARGUMENTS
 *
 * The daemon itself is not changed. Until `chroot` has changed the identity, the child is root. Nothing that the
 * program's configuration or its user controls may take effect before that:
 *
 * - Every tool is an absolute path.
 * - Ids are numbers with `+` in front, so that chroot asks no name service.
 * - Variables that the loader or libc obey are withheld from the tools; `env` sets them after the switch. Other
 *   variables are not passed this way, because everybody can read arguments.
 * - The folder is entered after the switch: before it, root without CAP_DAC_OVERRIDE may not enter what the user may.
 */
export interface Chain {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The directory for the spawner to enter; `undefined` if the chain does it. */
  readonly cwd: string | undefined;
  /**
   * The kernel's names of a process that did not get past a tool. A tool with the same name as the program is left out:
   * an exit under that name is the program's.
   */
  readonly comms: ReadonlySet<string>;
  /** The obstacle that the child itself checks for. Its shell exits with {@link MET} if it finds it. */
  readonly obstacle: (Obstacle & { readonly comm: string }) | undefined;
}

/** Whether the child has to change itself. If not, the program is executed directly. */
export function needsChain({ identity, umask }: SpawnPlan): boolean {
  return identity !== undefined || umask !== undefined;
}

/** @param obstacle an obstacle that the child itself checks for before it gives up. */
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
  // `nice` executes any word, and its name differs from that of a program called env.
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

/** Only these tools exit with this code, for failures of their own. */
const MET = 125;

function identityStage({ uid, gid, groups }: UserIdentity, { chroot }: Tools): string[] {
  const list = groups.map((group) => `+${group}`).join(',');
  return [chroot, `--userspec=+${uid}:+${gid}`, `--groups=${list}`, '--skip-chdir', '/'];
}

/** A script that needs no quoting: all values are passed as arguments. */
function shellStage(plan: SpawnPlan, { sh, bash }: Tools, obstacle: Obstacle | undefined): string[] {
  const { umask, cwd, env } = plan;
  if (umask === undefined && obstacle === undefined) return [];
  // dash drops variables whose names are not valid in a shell; bash keeps them. With -p it obeys none of them.
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

/** Undoes what a shell sets by itself: values of the plan are restored, other names are removed. */
function shellVariables(env: SpawnPlan['env']): { restored: string[]; added: string[] } {
  const names = ['PWD', 'OLDPWD', 'SHLVL', '_'];
  return {
    restored: names.filter((name) => Object.hasOwn(env, name)),
    added: names.filter((name) => !Object.hasOwn(env, name)),
  };
}

/**
 * The command as the last tool gets it. The tool passes this word to its program as argv[0], so the configured name is
 * kept if a search of PATH finds the same file.
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
 * Variables that make the loader or libc run other code, read other files or print: those that glibc withholds from
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
 * Why the program never ran, if the exit is one of a tool's own codes under the tool's own name.
 * @param comm the name of the zombie, if known.
 */
export function failureOfChain(plan: SpawnPlan, chain: Chain, code: number, comm: string | undefined) {
  const { comms, obstacle } = chain;
  if (obstacle !== undefined && code === MET && (comm ?? obstacle.comm) === obstacle.comm) return obstacle.failure;
  if (code < 125 || code > 127 || comm === undefined || !comms.has(comm)) return undefined;
  // The program itself may become such a tool (`exec env …`). If the program could run, the exit is its own.
  return code === 125 ? switchFailure(plan, comm) : obstacleOf(plan)?.failure;
}

/** The failure of a tool itself. The tool printed details on the program's stderr. */
function switchFailure({ identity, cwd }: SpawnPlan, comm: string): ExecFailure {
  const its = "its stderr has the tool's words";
  if (comm === 'chroot') return { kind: 'identity', text: `the child could not become user ${identity?.name}; ${its}` };
  const user = identity === undefined ? '' : ` as user ${identity.name}`;
  return { kind: 'directory', text: `the directory ${cwd} cannot be entered${user}; ${its}` };
}
