import { main } from './daemon/main.ts';

process.exitCode = await main(process.argv.slice(2));
// What still holds the event loop (a client that does not hang up) must not hold the daemon.
process.exit();
