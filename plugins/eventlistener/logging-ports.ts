import type { ProcessView, Supervisor } from '../../core/index.ts';
import { LoggingPlugin, loggingService, type LoggingService } from '../logging/index.ts';
import type { Channel } from './payload.ts';

/** What this plugin needs of the one that holds the pipes and the log. Bytes are valid during the call only. */
export interface LoggingPorts {
  /** All that a process writes. */
  readonly onOutput: (listen: Listen) => void;
  /** What a process with `stdout_events_enabled` or `stderr_events_enabled` writes. */
  readonly onLogged: (listen: Listen) => void;
  /** What a process writes between the tags of a capture. */
  readonly onCaptured: (listen: Listen) => void;
  /** Which stdout is not for people. */
  readonly keepsProtocol: (isListener: (process: ProcessView) => boolean) => void;
  readonly send: (process: ProcessView, bytes: Uint8Array) => 'queued' | 'closed' | 'full';
  readonly log: (level: Level, text: string) => void;
}

export type Level = 'ERRO' | 'WARN' | 'DEBG';
type Listen = (process: ProcessView, channel: Channel, bytes: Uint8Array) => void;

/** The wire through the logging plugin. Without that plugin, listeners hear nothing and say nothing. */
export function loggingPorts(supervisor: Supervisor, plugin: string): LoggingPorts {
  const logging = (): LoggingService | undefined => supervisor.use(loggingService);
  return {
    onOutput: (listen) => logging()?.observe('output', listen, plugin),
    onLogged: (listen) => logging()?.observe('logEvent', listen, plugin),
    onCaptured: (listen) => logging()?.observe('captured', listen, plugin),
    keepsProtocol: (isListener) =>
      LoggingPlugin.getHooks(supervisor).protocol.tap(plugin, (process, channel) =>
        channel === 'stdout' && isListener(process) ? true : undefined,
      ),
    send: (process, bytes) => logging()?.stdin(process, bytes) ?? 'closed',
    log: (level, text) => logging()?.log(level, text),
  };
}
