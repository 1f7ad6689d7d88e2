import { reasonOf } from '../../core/index.ts';
import type { createPosixSpawner, Posix } from '../../core/posix.ts';

export interface SystemCalls {
  readonly posix: Posix;
  readonly createPosixSpawner: typeof createPosixSpawner;
}

/** The system calls, or why this machine has none: then the daemon runs in reduced mode. */
export async function systemCalls(): Promise<{ calls?: SystemCalls; missing?: string }> {
  try {
    const module = await import('../../core/posix.ts');
    return { calls: { posix: module.loadPosix(), createPosixSpawner: module.createPosixSpawner } };
  } catch (error) {
    return { missing: reasonOf(error) };
  }
}
