import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { codeOf } from '../errors.ts';
import { pathOf } from './bytes.ts';
import type { ExecFailure, FailureKind } from './failure.ts';
import { formatObstacle, interpreterOf, programHead } from './file-format.ts';
import { deniedPath } from './permission.ts';
import type { SpawnPlan } from './plan.ts';

/** What prevents a child from executing its program. */
export interface Obstacle {
  /** Supervisor's message, for the child's stderr: `couldn't exec web: ENOENT`. */
  readonly line: string;
  readonly failure: ExecFailure;
  /** False if only the child itself can find out: it runs as another user than the daemon. */
  readonly isCertain: boolean;
}

/**
 * Finds what would fail in the child. The kernel answers a spawn with one errno for the directory, the file, its
 * interpreter and its loader; this function distinguishes them.
 * @param errno the kernel's answer, if there is one; without it, obstacles are checked in advance.
 */
export function obstacleOf(plan: SpawnPlan, errno?: string): Obstacle | undefined {
  return directoryObstacle(plan) ?? fileObstacle(plan, errno) ?? contentObstacle(plan) ?? unexplained(plan, errno);
}

/** Only root may switch to another user. */
export function identityObstacle({ identity }: SpawnPlan): Obstacle | undefined {
  if (identity === undefined || process.getuid?.() === 0) return undefined;
  return {
    line: `couldn't setuid to ${identity.uid}: Can't drop privilege as nonroot user`,
    failure: { kind: 'identity', text: `only root may run programs as another user (${identity.name})` },
    isCertain: true,
  };
}

/** What the stand-in child writes to its stderr, in Supervisor's words. */
export function stderrLines({ line }: Obstacle): string {
  return `supervisor: ${line}\nsupervisor: child process was not spawned\n`;
}

/** The file that the child executes, as seen from the daemon's directory. */
function fileOf({ file, cwd }: SpawnPlan): string {
  return isAbsolute(file) || cwd === undefined ? file : join(cwd, file);
}

function directoryObstacle({ cwd }: SpawnPlan): Obstacle | undefined {
  if (cwd === undefined) return undefined;
  try {
    if (!statSync(pathOf(cwd)).isDirectory()) return noDirectory(cwd, 'ENOTDIR');
    accessSync(pathOf(cwd), constants.X_OK);
    return undefined;
  } catch (error) {
    return noDirectory(cwd, codeOf(error) ?? String(error));
  }
}

function noDirectory(cwd: string, errno: string, isCertain = true): Obstacle {
  const text =
    {
      ENOENT: `the directory ${cwd} does not exist`,
      ENOTDIR: `${cwd} is not a directory`,
      EACCES: `the user of the program may not enter the directory ${cwd}`,
    }[errno] ?? `the directory ${cwd} cannot be entered (${errno})`;
  return { line: `couldn't chdir to ${cwd}: ${errno}`, failure: { kind: 'directory', text }, isCertain };
}

function fileObstacle(plan: SpawnPlan, errno: string | undefined): Obstacle | undefined {
  const file = fileOf(plan);
  const exec = execObstacle.bind(undefined, plan);
  if (errno === 'E2BIG') return exec('E2BIG', 'tooLong', tooLong(plan));
  if (errno === 'ETXTBSY') return exec('ETXTBSY', 'busy', `${file} is open for writing: somebody still copies it`);
  try {
    const stat = statSync(pathOf(file));
    if (!stat.isFile())
      return exec('EACCES', 'notFile', `${file} is a ${stat.isDirectory() ? 'directory' : 'pipe, socket or device'}`);
    if ((stat.mode & 0o111) === 0) return exec('EACCES', 'permission', `${file} is not executable`);
    accessSync(pathOf(file), constants.X_OK);
  } catch (error) {
    const code = codeOf(error) ?? String(error);
    if (code === 'ENOENT') return exec(code, 'missing', `there is no file ${file}`);
    if (code === 'EACCES') return exec(code, 'permission', `uid ${process.getuid?.()} may not execute ${file}`);
    return exec(code, 'other', `${file} cannot be executed (${code})`);
  }
  return undefined;
}

/** What the beginning of the file shows, read once: its format, and an interpreter that the user may not execute. */
function contentObstacle(plan: SpawnPlan): Obstacle | undefined {
  const file = fileOf(plan);
  const head = programHead(file);
  const format = formatObstacle(file, head);
  if (format !== undefined) return execObstacle(plan, format.errno, format.kind, format.text);
  return userObstacle(plan, head && interpreterOf(head));
}

/** What file modes forbid to the program's user. */
function userObstacle(plan: SpawnPlan, interpreter: string | undefined): Obstacle | undefined {
  const { cwd, identity } = plan;
  if (identity === undefined) return undefined;
  const folder = cwd === undefined ? undefined : deniedPath(cwd, identity);
  if (cwd !== undefined && folder !== undefined) return noDirectory(cwd, 'EACCES', false);
  const file = fileOf(plan);
  const denied = deniedPath(file, identity) ?? (interpreter && deniedPath(interpreter, identity));
  if (denied === undefined) return undefined;
  const what = denied === file || denied === interpreter ? 'execute' : 'enter';
  return execObstacle(plan, 'EACCES', 'permission', `user ${identity.name} may not ${what} ${denied}`, false);
}

function unexplained(plan: SpawnPlan, errno: string | undefined): Obstacle | undefined {
  if (errno === undefined) return undefined;
  const text =
    errno === 'EACCES'
      ? `${fileOf(plan)} may not be executed (a mount with noexec, or a security module)`
      : `${fileOf(plan)} cannot be executed (${errno})`;
  return execObstacle(plan, errno, errno === 'EACCES' ? 'permission' : 'other', text);
}

function execObstacle(plan: SpawnPlan, errno: string, kind: FailureKind, text: string, isCertain = true): Obstacle {
  return { line: `couldn't exec ${plan.argv[0] ?? plan.file}: ${errno}`, failure: { kind, text }, isCertain };
}

/** One argument or variable may have 128 KiB, all together a quarter of the stack limit. */
function tooLong({ argv, env }: SpawnPlan): string {
  const sizes = [...argv, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)].map((text) =>
    Buffer.byteLength(text),
  );
  const total = sizes.reduce((sum, size) => sum + size + 1, 0);
  return `arguments and environment together take ${total} bytes, the longest ${Math.max(...sizes)}; the kernel takes less`;
}
