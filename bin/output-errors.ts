import { reasonOf } from '../core/index.ts';

/**
 * Ends the program if its output cannot be written: with one line and exit code 1, and by `onReaderGone` if the reader
 * of a pipe has closed it (`tsvctl status | head -1`). If stderr cannot be written, nothing is reported.
 */
export function endOnOutputError(program: string, onReaderGone: () => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return onReaderGone();
    process.stderr.write(`${program}: cannot write the output: ${reasonOf(error)}\n`);
    process.exit(1);
  });
  process.stderr.on('error', () => undefined);
}
