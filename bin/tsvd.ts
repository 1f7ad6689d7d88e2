import { ProcessSignals } from '../plugins/host/daemon/signals.ts';

// The first line that runs; its imports import nothing. Everything else is loaded while signals are already handled.
const signals = new ProcessSignals();
const exit = process.exit.bind(process);

const { main } = await import('./daemon/main.ts');
const { flushOutput } = await import('./flush-output.ts');

process.exitCode = await main(process.argv.slice(2), signals);
await flushOutput(process.stdout, process.stderr);
// Whatever still keeps the event loop alive (a client that does not disconnect) must not keep the daemon alive.
exit();
