import { main } from './ctl/main.ts';
import { flushOutput } from './flush-output.ts';
import { endOnOutputError } from './output-errors.ts';

endOnOutputError('tsvctl', () => process.exit(0));

const { argv, stdin, stdout, stderr } = process;
const status = await main({ argv: argv.slice(2), executable: argv[1] ?? 'tsvctl', stdin, stdout, stderr });
await flushOutput(stdout, stderr);
// Exits explicitly: an interrupted command may still wait for an answer.
process.exit(status);
