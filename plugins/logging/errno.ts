/** The errno name of a failed system call (`ENOSPC`), or `undefined`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What went wrong without the call and the path that Node adds: `ENOSPC: no space left on device`. */
export function briefly(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, [a-z]+( '.*')?$/s, '') : String(error);
}

/** Whether the process, or the machine, has no descriptors left. */
export function isOutOfDescriptors(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'EMFILE' || errno === 'ENFILE';
}
