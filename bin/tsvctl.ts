import { main } from './ctl/main.ts';
import { lastWords } from './last-words.ts';

// `tsvctl status | head -1`: the reader has what it wanted, and leaves.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const { argv, stdin, stdout, stderr } = process;
const status = await main({ argv: argv.slice(2), executable: argv[1] ?? 'tsvctl', stdin, stdout, stderr });
await lastWords(stdout, stderr);
// Not left to the event loop: a command that was interrupted may still wait for an answer.
process.exit(status);
