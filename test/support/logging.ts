import type { Plugin, Supervisor } from '../../core/index.ts';
import {
  loggingService,
  type LoggingService,
  type Observable,
  type OutputListener,
} from '../../plugins/output/logging/index.ts';

const nothing = (): undefined => undefined;

/** A logging service in the place of the plugin: it hands lines to `log`, and knows of no output. */
export function fakeLogging(log: LoggingService['log'], others: Partial<LoggingService> = {}): LoggingService {
  return {
    log,
    reopen: nothing,
    stdin: () => 'closed',
    childLog: nothing,
    blockOf: nothing,
    activityLog: nothing,
    observe: () => nothing,
    ...others,
  };
}

/** The service of the plugin, which has to be enabled. */
export function loggingOf(supervisor: Supervisor): LoggingService {
  const logging = supervisor.use(loggingService);
  if (logging === undefined) throw new Error('the plugin logging is not enabled');
  return logging;
}

/** A plugin that observes output, from before the first program is started. */
export function observing(what: Observable, listener: OutputListener): Plugin {
  return {
    name: 'observing',
    apply: (supervisor) =>
      supervisor.hooks.start.tap('observing', () => void loggingOf(supervisor).observe(what, listener, 'observing')),
  };
}
