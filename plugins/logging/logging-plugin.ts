import { isStopped, type EventMap, type Plugin, type Supervisor } from '../../core/index.ts';
import { LINES } from './activity-lines.ts';
import { checkOptions, daemonSettings, type LoggingOptions } from './daemon-settings.ts';
import { getLoggingHooks } from './hooks.ts';
import { logBy, type Log } from './level.ts';
import { Logging } from './logging.ts';
import { checks, sections } from './options.ts';
import { reportStops } from './stop-reports.ts';

/**
 * Keeps what programs write, feeds what they read, and writes the daemon's own log. Programs get pipes that outlive a
 * restart, their output goes to files that are rotated, and other plugins see, send and keep output through
 * {@link getLoggingHooks}.
 *
 * Taps `process`, `reconfigured`, `spawn`, `reaped`, `start`, `shutdown`. Options: see options.ts; those given here go before the ones in
 * the `[supervisord]` section.
 */
export class LoggingPlugin implements Plugin {
  static readonly getHooks = getLoggingHooks;
  readonly name = 'logging';
  readonly sections = sections;
  readonly checks = checks;
  readonly #options: Readonly<Record<string, unknown>>;

  /** @throws TypeError for an option that is not known, or a value that is not valid. */
  constructor(options: LoggingOptions = {}) {
    this.#options = checkOptions(options);
  }

  /** A way to write into the daemon's own log. */
  static log(supervisor: Supervisor): Log {
    const { log } = getLoggingHooks(supervisor);
    return logBy((level, text) => log.call(level, text));
  }

  apply(supervisor: Supervisor): void {
    const logging = new Logging(supervisor, () => daemonSettings(supervisor.config, this.#options));
    // First, because the others already write lines, and ask for logs, in the same hooks.
    const first = { name: this.name, stage: -100 };
    // Last, because the others write lines until they are closed.
    const last = { name: this.name, stage: 1_000 };
    // After those who give a child descriptors of their own (a socket as stdin): what they set is left alone.
    const late = { name: this.name, stage: 100 };

    supervisor.hooks.start.tapPromise(first, () => logging.open());
    supervisor.hooks.process.tap(first, (process) => logging.attach(process));
    supervisor.hooks.reconfigured.tap(first, (process, before) => logging.reconfigured(process, before));
    supervisor.hooks.spawn.tap(late, (plan, process) => logging.ioForStart(process)?.plan(plan) ?? plan);
    supervisor.hooks.reaped.tap(first, (process) => logging.ioOf(process)?.reaped());
    supervisor.hooks.shutdown.tapPromise(last, () => logging.close());
    supervisor.events.on(
      'process:state',
      ({ process }) => isStopped(process.state) && logging.stopped(process),
      this.name,
    );
    supervisor.events.on('config:reloaded', () => logging.warnOfDescriptors(), this.name);
    supervisor.events.on('process:removed', ({ process }) => logging.detach(process), this.name);

    const hooks = getLoggingHooks(supervisor);
    hooks.log.tap(this.name, (level, text) => logging.activity.write(level, text));
    hooks.childLog.tap(this.name, (process, channel) => logging.logsOf(process)?.childLog(channel));
    hooks.activityLog.tap(this.name, () => logging.file);
    hooks.stdin.tap(this.name, (process, bytes) => logging.ioOf(process)?.write(bytes));
    hooks.reopen.tap(this.name, () => logging.reopen());
    for (const name of namesOf(LINES)) tell(supervisor, name, logging, this.name);
    reportStops(supervisor, this.name, (text) => logging.activity.write('INFO', text));
  }
}

function namesOf<Name extends string>(table: Partial<Record<Name, unknown>>): Name[] {
  // Object.keys forgets the type of the keys; the table has no others.
  return Object.keys(table) as Name[];
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it ties a payload to its event
function tell<Name extends keyof EventMap>(supervisor: Supervisor, name: Name, logging: Logging, plugin: string): void {
  const linesOf = LINES[name];
  if (linesOf === undefined) return;
  supervisor.events.on(
    name,
    (payload) => {
      for (const { level, text } of linesOf(payload)) logging.activity.write(level, text);
    },
    plugin,
  );
}
