import { isStopped, type Plugin, type Supervisor } from '../../../core/index.ts';
import { reportEvents } from './daemon-log/event-lines.ts';
import { checkOptions, daemonSettings, type LoggingOptions } from './daemon-log/daemon-settings.ts';
import { getPersistHooks } from '../../host/persist/index.ts';
import { getLoggingHooks } from './hooks.ts';
import { Logging } from './logging.ts';
import { checks, resolve, sections } from './options.ts';
import { loggingService, type LoggingService } from './service.ts';
import { reportStops } from './daemon-log/stop-reports.ts';

/**
 * Writes the output of programs to logs, writes to their stdin, and writes the daemon's own log. The pipes of a program
 * outlive its restarts, and its logs are rotated. Other plugins decide where output goes through {@link
 * getLoggingHooks}. They observe and read output, write to stdin, and write lines into the daemon's log through {@link
 * loggingService}.
 *
 * Taps `process`, `reconfigured`, `spawn`, `reaped`, `start`, `shutdown`. Options: see options.ts. The options of the
 * constructor take precedence over those in the `[supervisord]` section.
 */
export class LoggingPlugin implements Plugin {
  static readonly getHooks = getLoggingHooks;
  readonly name = 'logging';
  readonly sections = sections;
  readonly checks = checks;
  readonly resolve = resolve;
  readonly #options: Readonly<Record<string, unknown>>;

  /** @throws TypeError for an unknown option, or an invalid value. */
  constructor(options: LoggingOptions = {}) {
    this.#options = checkOptions(options);
  }

  apply(supervisor: Supervisor): void {
    const logging = new Logging(supervisor, () => daemonSettings(supervisor.config, this.#options));
    // First, because other plugins write lines and use logs in the same hooks.
    const first = { name: this.name, stage: -100 };
    // Last, because other plugins write lines until they are closed.
    const last = { name: this.name, stage: 1_000 };
    // After plugins that set descriptors of a child (a socket as stdin): those are kept.
    const late = { name: this.name, stage: 100 };

    supervisor.hooks.start.tapPromise(first, () => logging.open());
    supervisor.hooks.process.tap(first, (process) => logging.attach(process));
    supervisor.hooks.reconfigured.tap(first, (process, before) => logging.reconfigured(process, before));
    supervisor.hooks.spawn.tap(late, (plan, process) => logging.ioForStart(process)?.plan(plan) ?? plan);
    supervisor.hooks.resumed.tap(first, (process) => logging.resumed(process));
    supervisor.hooks.reaped.tap(first, (process) => logging.ioOf(process)?.reaped());
    getPersistHooks(supervisor).handOver.tapPromise(last, () => logging.handOver());
    supervisor.hooks.shutdown.tapPromise(last, () => logging.close());
    supervisor.events.on(
      'process:state',
      ({ process }) => isStopped(process.state) && logging.stopped(process),
      this.name,
    );
    supervisor.events.on('config:reloaded', () => logging.warnOfDescriptors(), this.name);
    supervisor.events.on('process:removed', ({ process }) => logging.detach(process), this.name);

    supervisor.provide(loggingService, serviceOf(supervisor, logging, this.name));
    reportEvents(supervisor, this.name, logging.log);
    reportStops(supervisor, this.name, (text) => logging.log('INFO', text));
  }
}

function serviceOf({ events }: Supervisor, logging: Logging, plugin: string): LoggingService {
  // A plugin that writes a line, or reopens the logs, must not fail because a log does.
  const write = events.isolate(logging.log, {
    plugin,
    where: 'service logging: log',
  });
  const reopen = events.isolate(() => logging.reopen(), { plugin, where: 'service logging: reopen' });
  return {
    log(level, text) {
      write(level, text);
      events.emit('log:written', { level, text });
    },
    reopen() {
      reopen();
      events.emit('log:reopened', {});
    },
    stdin: (process, bytes) => logging.ioOf(process)?.write(bytes) ?? 'closed',
    childLog: (process, channel) => logging.logsOf(process)?.childLog(channel),
    blockOf: (process) => logging.blockOf(process),
    activityLog: () => logging.activity.file,
    observe: (what, listener, observer) => logging.observers[what].add(listener, observer),
  };
}
