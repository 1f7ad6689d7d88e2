import { reserveOf, type DescriptorCount } from '../../../../core/index.ts';

/** A generous estimate of the descriptors for servers, streams and the daemon's own files. */
const OWN_NEEDS = 64;

/**
 * The warning that the programs to be started need more descriptors than are free; `undefined` if all can run at the
 * same time.
 */
export function descriptorWarning(
  { needed, programs }: { readonly needed: number; readonly programs: number },
  { limit, free }: DescriptorCount,
): string | undefined {
  const available = Math.max(0, free - reserveOf(limit) / 2);
  if (needed <= available) return undefined;
  const enough = Math.ceil((limit - free + needed + OWN_NEEDS) / 64) * 64;
  return (
    `${programs} processes need up to ${needed} file descriptors, and only ${available} of ${limit} are there for them: ` +
    `some of them will not start ("too many open files"). Set minfds=${enough} in [supervisord], or raise the limit ` +
    '(ulimit -n, LimitNOFILE in systemd)'
  );
}
