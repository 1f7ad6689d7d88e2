// The core alone: no plugin, no file, no server. Keeps two programs in their desired state, and reports what happens.
import { groupConfig, namespec, processConfig, Supervisor, supervisorConfig } from 'tsvisor/core';

const [command = 'sleep 1'] = process.argv.slice(2);
const program = (name, options) => groupConfig({ processes: [processConfig({ name, command, ...options })] });

const supervisor = new Supervisor({
  config: supervisorConfig({ groups: [program('once', { startsecs: 0 }), program('again', { startsecs: 0 })] }),
});

// A policy in three lines; with none, an exit is simply EXITED.
supervisor.hooks.exit.tap('again', (process) =>
  process.name === 'again' && process.state === 'RUNNING' ? { kind: 'restart', delayMs: 200 } : undefined,
);
supervisor.events.on('process:state', ({ process, from }) => {
  console.log(`${namespec(process)}: ${from} -> ${process.state}`);
});

await supervisor.start();
process.once('SIGTERM', () => void supervisor.shutdown());
