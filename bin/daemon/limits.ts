import { closeSync, openSync } from 'node:fs';
import type { Posix, Resource } from '../../core/posix.ts';

/** What `[supervisord]` wants at least. */
export interface WantedLimits {
  readonly minfds: number;
  readonly minprocs: number;
}

/**
 * Raises the soft limits to what the configuration asks for, where they are below. Supervisor: options.py set_rlimits.
 * @throws Error that names the option, when the hard limit forbids it.
 */
export function raiseLimits(posix: Posix, { minfds, minprocs }: WantedLimits): void {
  raise(posix, 'descriptors', 'minfds', minfds);
  raise(posix, 'processes', 'minprocs', minprocs);
}

/** Set by the launcher: the soft limit of descriptors before Node raised it to the hard one. */
const INHERITED = 'TSVD_NOFILE';

/** Descriptors that a spawn needs for itself, generously. */
const SPARE = 32;

/**
 * Spawns children with the descriptor limit that the daemon was started with, or `minfds` where that is more. Node raises
 * its own soft limit to the hard one at start-up; programs that close every possible descriptor would take seconds. Set
 * around the spawn, because a child would see a limit that is set afterwards too late. A daemon that itself uses more
 * descriptors than that cannot go below them, and its children keep its own limit.
 */
export function childLimits(
  posix: Posix,
  { minfds }: WantedLimits,
): (<Result>(spawn: () => Result) => Result) | undefined {
  const inherited = Number(process.env[INHERITED]);
  delete process.env[INHERITED];
  const own = posix.getLimit('descriptors');
  if (!Number.isInteger(inherited) || inherited <= 0) return undefined;
  const soft = Math.min(Math.max(inherited, minfds), own.hard);
  return (spawn) => {
    if (nextDescriptor() + SPARE > soft) return spawn();
    posix.setLimit('descriptors', { soft, hard: own.hard });
    try {
      return spawn();
    } finally {
      posix.setLimit('descriptors', own);
    }
  };
}

/** The lowest free descriptor: the kernel gives that one. */
function nextDescriptor(): number {
  const fd = openSync('/dev/null', 'r');
  closeSync(fd);
  return fd;
}

function raise(posix: Posix, resource: Resource, option: string, wanted: number): void {
  const { soft, hard } = posix.getLimit(resource);
  if (soft >= wanted) return;
  try {
    posix.setLimit(resource, { soft: wanted, hard: Math.max(hard, wanted) });
  } catch (error) {
    throw new Error(
      `[supervisord] ${option} = ${wanted}: the limit of ${resource} is ${soft}, and the hard limit ${hard} cannot be raised` +
        ` by uid ${process.getuid?.()}; lower ${option}, or raise the limit (ulimit, LimitNOFILE in systemd)`,
      { cause: error },
    );
  }
}
