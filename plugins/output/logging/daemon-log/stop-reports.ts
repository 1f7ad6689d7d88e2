import { namespec, type ProcessView, type Supervisor, type Timer } from '../../../../core/index.ts';

/** Supervisor: process.py stop_report. */
const REPORT_EVERY_MS = 2_000;

/**
 * Reports each process that a client stops: when the stop begins, and every 2 s until it ends. A shutdown has one line
 * for all processes and is not reported here.
 */
export function reportStops(supervisor: Supervisor, plugin: string, report: (text: string) => void): void {
  const { clock, events } = supervisor;
  const timers = new Map<string, Timer>();

  const reportAgain = (process: ProcessView): void => {
    report(`waiting for ${process.name} to stop`);
    timers.set(
      namespec(process),
      clock.setTimer(REPORT_EVERY_MS, () => reportAgain(process)),
    );
  };
  const end = (name: string): void => {
    timers.get(name)?.cancel();
    timers.delete(name);
  };

  events.on(
    'process:state',
    ({ process, cause }) => {
      end(namespec(process));
      if (process.state === 'STOPPING' && cause.by === 'client' && supervisor.state === 'running') reportAgain(process);
    },
    plugin,
  );
  // A process that survives SIGKILL stays STOPPING.
  events.on('supervisor:state', ({ to }) => to === 'stopped' && [...timers.keys()].forEach(end), plugin);
}
