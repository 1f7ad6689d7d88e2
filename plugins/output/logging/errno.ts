import { codeOf } from '../../../core/index.ts';

/** The reason of an error without the call and the path that Node adds: `ENOSPC: no space left on device`. */
export function briefly(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, [a-z]+( '.*')?$/s, '') : String(error);
}

/** Whether the process, or the machine, has no free descriptors. */
export function isOutOfDescriptors(error: unknown): boolean {
  const errno = codeOf(error);
  return errno === 'EMFILE' || errno === 'ENFILE';
}
