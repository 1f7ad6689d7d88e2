import { readdirSync, readFileSync, statSync } from 'node:fs';
import { codeOf } from './errors.ts';

/**
 * File descriptors are limited, and a daemon without a free one can neither be controlled nor start a program. An
 * eighth of the limit (16 to 64 descriptors) is therefore a reserve. Each use leaves part of the reserve to more
 * important uses:
 *
 * | use | leaves free |
 * |---|---|
 * | `network`: connections over TCP, streams | the whole reserve |
 * | `programs`: pipes and logs of a program that starts | a half |
 * | `few`: the first connections over TCP, for a daemon that has no unix socket | a quarter |
 * | `control`: connections to a unix socket | an eighth |
 */
const SHARE_LEFT = { network: 1, programs: 1 / 2, few: 1 / 4, control: 1 / 8 } as const;

export type DescriptorUse = keyof typeof SHARE_LEFT;

export interface DescriptorCount {
  /** The soft limit of this process; `Infinity` where the system does not report it. */
  readonly limit: number;
  readonly free: number;
}

/** Counts the open descriptors of this process. Costs about 30 µs and opens one descriptor during the call. */
export function countDescriptors(): DescriptorCount {
  const limit = softLimit();
  if (limit === 'none left') return { limit: openDescriptors(), free: 0 };
  return { limit, free: limit === Infinity ? Infinity : Math.max(0, limit - openDescriptors()) };
}

/** Whether a use may open `count` more descriptors. */
export function mayOpen(use: DescriptorUse, count = 1, { limit, free }: DescriptorCount = countDescriptors()): boolean {
  return free - count >= reserveOf(limit) * SHARE_LEFT[use];
}

/** The size of the reserve, in descriptors, for a limit. */
export function reserveOf(limit: number): number {
  return Math.min(64, Math.max(16, Math.floor(limit / 8)));
}

function softLimit(): number | 'none left' {
  try {
    const soft = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return soft === undefined || soft === 'unlimited' ? Infinity : Number(soft);
  } catch (error) {
    const code = codeOf(error);
    return code === 'EMFILE' || code === 'ENFILE' ? 'none left' : Infinity;
  }
}

/**
 * Since Linux 6.2 the size of the directory is the number of descriptors. It is 0 on older kernels and other systems.
 */
function openDescriptors(): number {
  const { size } = statSync('/proc/self/fd');
  return size > 0 ? size : readdirSync('/proc/self/fd').length - 1;
}
