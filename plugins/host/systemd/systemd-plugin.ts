import type { Plugin, Supervisor } from '../../../core/index.ts';
import type { Ending } from '../daemon/index.ts';
import { loggingService } from '../../output/logging/index.ts';
import { Notifier } from './notifier.ts';
import { MORE_TIME, Report } from './report.ts';
import { describeWaiting, stopBoundMs } from './stop.ts';
import { readServiceEnvironment, VARIABLES } from './service-environment.ts';
import { openTransport, type Transport } from './transport.ts';
import { startWatchdog } from './watchdog.ts';

/** The environment of the plugin; tests replace it. */
export interface SystemdOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly pid?: number;
  readonly open?: (socket: string, failed: (reason: string) => void) => Transport | Promise<Transport>;
}

/**
 * Reports the daemon's state to systemd: ready, reloading, stopping, a status line, and the watchdog. Does nothing if
 * `NOTIFY_SOCKET` is not set. sd_notify(3).
 */
export class SystemdPlugin implements Plugin {
  readonly name = 'systemd';
  readonly #options: SystemdOptions;

  constructor(options: SystemdOptions = {}) {
    this.#options = options;
  }

  apply(supervisor: Supervisor): void {
    const { env = process.env, pid = process.pid, open = openTransport } = this.#options;
    const surroundings = readServiceEnvironment(env, pid);
    if (surroundings === undefined) return;
    const { socket, watchdogMs } = surroundings;
    const { clock, events, hooks } = supervisor;
    const warn = (text: string): void => supervisor.use(loggingService)?.log('WARN', text);
    const notifier = new Notifier(clock, (reason) =>
      warn(`systemd cannot be notified of the state of this daemon (NOTIFY_SOCKET=${socket}): ${reason}`),
    );

    // A program that used this socket would speak for the daemon. A program that should use one has it in its own
    // environment.
    hooks.spawn.tap(this.name, (plan, { config }) => {
      const theirs = { ...plan.env };
      for (const name of VARIABLES) if (!Object.hasOwn(config.environment, name)) delete theirs[name];
      return { ...plan, env: theirs };
    });

    let stopWatchdog = (): void => undefined;
    // Early: plugins that open later may take their time.
    hooks.start.tapPromise({ name: this.name, stage: -900 }, async () => {
      const { send, notice } = await open(socket, (reason) => notifier.fail(reason));
      if (notice !== undefined) warn(notice);
      notifier.open(send);
      if (watchdogMs !== undefined)
        stopWatchdog = startWatchdog(watchdogMs, clock, () => notifier.notify('WATCHDOG=1'));
    });

    let ending: Ending | undefined;
    events.on(
      'daemon:ending',
      (wanted) => {
        if (supervisor.state === 'stopping' && ending === 'restart' && wanted.ending === 'shutdown')
          notifier.notify('STOPPING=1');
        ending = wanted.ending;
      },
      this.name,
    );

    // A daemon in the background is another process than the one that systemd started.
    const isForked = supervisor.config.sections['supervisord']?.['nodaemon'] === false;
    const report = new Report(supervisor, notifier, isForked ? [`MAINPID=${pid}`] : []);
    for (const name of ['process:state', 'process:added', 'process:removed'] as const)
      events.on(name, () => report.change(), this.name);

    let noMoreTimeAt = Infinity;
    const stopping = (): void => {
      noMoreTimeAt = clock.now() + stopBoundMs(supervisor.config.groups);
      report.end();
      // A restart in place ends with the READY=1 of the next supervisor. The clock is CLOCK_MONOTONIC.
      if (ending === 'restart') notifier.notify('RELOADING=1', `MONOTONIC_USEC=${Math.floor(clock.now() * 1000)}`);
      else notifier.notify('STOPPING=1');
    };
    // Every 3 s while it takes long: a program's stopwaitsecs may be more than the unit's TimeoutStopSec.
    events.on(
      'supervisor:waiting',
      ({ names }) =>
        notifier.notify(...(clock.now() < noMoreTimeAt ? [MORE_TIME] : []), `STATUS=${describeWaiting(names)}`),
      this.name,
    );
    events.on(
      'supervisor:state',
      ({ to }) => {
        if (to === 'running') report.begin();
        if (to === 'stopping') stopping();
        if (to !== 'stopped') return;
        stopWatchdog();
        notifier.close();
      },
      this.name,
    );
  }
}
