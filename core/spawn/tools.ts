import { existsSync } from 'node:fs';
import type { UserIdentity } from '../config.ts';
import { reasonOf } from '../errors.ts';

/** The tools of the exec chain, by absolute path. */
export interface Tools {
  readonly chroot: string;
  readonly env: string;
  readonly nice: string;
  readonly sh: string;
  /** Where there is one: the shell that keeps every variable. */
  readonly bash?: string;
}

/** Folders that belong to root on every system. PATH is not asked: it may be the user's. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/run/current-system/sw/bin'];

/** Finds the tools once. Those that are missing are missed when they are executed. */
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
 * Tries the switch once, as this user, and looks at what came out: GNU coreutils is needed (8.28 or newer), and
 * CAP_SYS_CHROOT; busybox has neither option. Returns the reason where it does not work.
 */
export function switchFault({ uid, gid, groups }: UserIdentity, tools: Tools): string | undefined {
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  const list = groups.map((group) => `+${group}`).join(',');
  const command = [`--userspec=+${uid}:+${gid}`, `--groups=${list}`, '--skip-chdir', '/', tools.env, '-C', '/', 'A=1'];
  const script = 'id -u; id -g; id -G; echo "$A$PWD"';
  try {
    const options = { env: {}, encoding: 'utf8', timeout: 10_000, stdio: 'pipe' } as const;
    const answer = execFileSync(tools.chroot, [...command, tools.nice, '-n', '0', tools.sh, '-c', script], options);
    const [asUid, asGid, asGroups, rest] = answer.split('\n');
    const wanted = new Set([gid, ...groups].map(String));
    const has = new Set(asGroups?.split(' '));
    const isRight = wanted.size === has.size && [...wanted].every((group) => has.has(group));
    if (asUid === String(uid) && asGid === String(gid) && isRight && rest === '1/') return undefined;
    return `${tools.chroot} does not switch as it should: ${answer.trim().replaceAll('\n', ', ')}`;
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : undefined;
    return words === undefined || words === '' ? reasonOf(error) : words;
  }
}
