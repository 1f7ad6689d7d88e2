import { main } from './daemon/main.ts';
import { lastWords } from './last-words.ts';

process.exitCode = await main(process.argv.slice(2));
await lastWords(process.stdout, process.stderr);
// What still holds the event loop (a client that does not hang up) must not hold the daemon.
process.exit();
