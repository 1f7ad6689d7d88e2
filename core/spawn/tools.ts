import { existsSync } from 'node:fs';
import { reasonOf } from '../errors.ts';

/** The tools of the exec chain, by absolute path. */
export interface Tools {
  readonly chroot: string;
  readonly env: string;
  readonly nice: string;
  readonly sh: string;
  /** If installed: the shell that keeps every variable. */
  readonly bash?: string;
}

/** Folders that belong to root on every system. PATH is not used: the user may control it. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/run/current-system/sw/bin'];

/** Finds the tools. A missing one shows as an error when it is executed. */
export function findTools(): Tools {
  const bash = find('bash');
  return {
    chroot: find('chroot') ?? '/usr/sbin/chroot',
    env: find('env') ?? '/usr/bin/env',
    nice: find('nice') ?? '/usr/bin/nice',
    sh: find('sh') ?? '/bin/sh',
    ...(bash !== undefined && { bash }),
  };
}

function find(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((file) => existsSync(file));
}

/**
 * Runs the tools once and checks the result: GNU coreutils 8.28 or newer is needed (busybox lacks both options), and
 * CAP_SYS_CHROOT. Returns the reason if they do not work. The trial runs as root: a user could stop a process of their
 * own, and the daemon waits for it.
 */
export function switchFault(tools: Tools): string | undefined {
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  const command = ['--userspec=+0:+0', '--groups=+0,+1', '--skip-chdir', '/', tools.env, '-C', '/', 'A=1'];
  const script = 'id -u; id -g; id -G; echo "$A$PWD"';
  try {
    const options = { env: {}, encoding: 'utf8', timeout: 5_000, killSignal: 'SIGKILL', stdio: 'pipe' } as const;
    const answer = execFileSync(tools.chroot, [...command, tools.nice, '-n', '0', tools.sh, '-c', script], options);
    if (answer === '0\n0\n0 1\n1/\n') return undefined;
    return `${tools.chroot} does not switch as it should: ${answer.trim().replaceAll('\n', ', ')}`;
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : undefined;
    return words === undefined || words === '' ? reasonOf(error) : words;
  }
}
