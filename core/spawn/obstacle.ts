import { accessSync, closeSync, constants, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { SpawnPlan } from './plan.ts';

/**
 * What would keep a child from becoming its program, found before the fork. libuv reports a failed chdir and a failed
 * exec alike, and lets /bin/sh run a file without interpreter line (execvp), where execve says ENOEXEC; so the few
 * things that can be wrong are looked at here, with the identity the child will have.
 */
export function execObstacle({ file, argv, cwd }: SpawnPlan): string | undefined {
  const chdir = cwd === undefined ? undefined : chdirError(cwd);
  if (chdir !== undefined) return `couldn't chdir to ${cwd}: ${chdir}`;
  const exec = execError(isAbsolute(file) ? file : resolve(cwd ?? '.', file));
  return exec === undefined ? undefined : `couldn't exec ${argv[0] ?? file}: ${exec}`;
}

/** Only root may become somebody else. */
export function identityObstacle({ identity }: SpawnPlan): string | undefined {
  if (identity === undefined || process.getuid?.() === 0) return undefined;
  return `couldn't setuid to ${identity.uid}: Can't drop privilege as nonroot user`;
}

/**
 * A plan for a child in place of the one that cannot run: with the same descriptors and identity it says why and exits
 * with 127, which is what Supervisor's forked child does.
 */
export function understudyOf(plan: SpawnPlan, obstacle: string): SpawnPlan {
  const script = 'printf "supervisor: %s\\nsupervisor: child process was not spawned\\n" "$1" >&2; exit 127';
  return { ...plan, file: '/bin/sh', argv: ['sh', '-c', script, 'sh', obstacle], cwd: '/' };
}

function chdirError(directory: string): string | undefined {
  return errnoOf(() => {
    if (!statSync(directory).isDirectory()) return 'ENOTDIR';
    accessSync(directory, constants.X_OK);
    return undefined;
  });
}

function execError(file: string): string | undefined {
  return errnoOf(() => {
    accessSync(file, constants.X_OK);
    if (!statSync(file).isFile()) return 'EACCES';
    const head = headOf(file);
    // A program may be executable without being readable; then the kernel's answer is the only one.
    if (head === undefined || process.platform !== 'linux') return undefined;
    if (head.startsWith('#!')) return interpreterError(head);
    return head.startsWith('\u007fELF') || hasBinaryFormats() ? undefined : 'ENOEXEC';
  });
}

/** A script whose interpreter is missing fails with ENOENT, as if the script itself were not there. */
function interpreterError(head: string): string | undefined {
  const interpreter = /^#!\s*(\S+)/.exec(head)?.[1];
  if (interpreter === undefined) return 'ENOEXEC';
  accessSync(interpreter, constants.X_OK);
  return undefined;
}

function headOf(file: string): string | undefined {
  let fd: number;
  try {
    // Its owner may have put a FIFO there meanwhile, and the daemon must not wait for a writer.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(256);
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** Whether the kernel was taught to run other files (Java, Wine, foreign machines); then it must be asked. */
function hasBinaryFormats(): boolean {
  try {
    return readdirSync('/proc/sys/fs/binfmt_misc').some((name) => name !== 'register' && name !== 'status');
  } catch {
    return false;
  }
}

function errnoOf(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
}
