import type { ProcessView, Supervisor } from '../../../core/index.ts';
import { LoggingPlugin, loggingService, type LoggingService } from '../../output/logging/index.ts';
import type { Channel } from './payload.ts';

/**
 * What this plugin needs from the logging plugin, which holds the pipes and the log. Bytes are valid during the call
 * only.
 */
export interface LoggingPorts {
  /** All output of a process. */
  readonly onOutput: (listen: Listen) => void;
  /** Output of a process with `stdout_events_enabled` or `stderr_events_enabled`. */
  readonly onLogged: (listen: Listen) => void;
  /** Output of a process between the tags of a capture. */
  readonly onCaptured: (listen: Listen) => void;
  /** Marks processes whose stdout carries the event protocol. It is not logged. */
  readonly keepsProtocol: (isListener: (process: ProcessView) => boolean) => void;
  readonly send: (process: ProcessView, bytes: Uint8Array) => 'queued' | 'closed' | 'full';
  readonly log: (level: Level, text: string) => void;
}

export type Level = 'ERRO' | 'WARN' | 'DEBG';
type Listen = (process: ProcessView, channel: Channel, bytes: Uint8Array) => void;

/** Connects to the logging plugin. Without that plugin, listeners receive and send nothing. */
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
