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
