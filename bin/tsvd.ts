import { ProcessSignals } from '../plugins/daemon/signals.ts';

// The first line that runs: what it imports imports nothing. Everything else is loaded while signals have their decisions.
const signals = new ProcessSignals();
const exit = process.exit.bind(process);

const { main } = await import('./daemon/main.ts');
const { flushOutput } = await import('./flush-output.ts');

process.exitCode = await main(process.argv.slice(2), signals);
await flushOutput(process.stdout, process.stderr);
// What still holds the event loop (a client that does not hang up) must not hold the daemon.
exit();
