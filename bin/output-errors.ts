import { reasonOf } from '../core/index.ts';

/**
 * Ends the program when its output cannot be written: with one line and exit code 1, and by `onReaderGone` where the reader of
 * a pipe has what it wanted (`tsvctl status | head -1`). Where stderr cannot be written there is nobody to tell.
 */
export function endOnOutputError(program: string, onReaderGone: () => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return onReaderGone();
    process.stderr.write(`${program}: cannot write the output: ${reasonOf(error)}\n`);
    process.exit(1);
  });
  process.stderr.on('error', () => undefined);
}
