import type { ProcessView, Supervisor } from '../../core/index.ts';
import { LoggingPlugin } from '../logging/index.ts';
import type { Channel } from './payload.ts';

/** What this plugin needs of the one that holds the pipes and the log. Bytes are valid during the call only. */
export interface Wire {
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

/** The wire through the hooks of the logging plugin. Without that plugin, listeners hear nothing and say nothing. */
export function loggingWire(supervisor: Supervisor, plugin: string): Wire {
  const hooks = LoggingPlugin.getHooks(supervisor);
  return {
    onOutput: (listen) => hooks.output.tap(plugin, listen),
    onLogged: (listen) => hooks.logEvent.tap(plugin, listen),
    onCaptured: (listen) => hooks.captured.tap(plugin, listen),
    keepsProtocol: (isListener) =>
      hooks.protocol.tap(plugin, (process, channel) =>
        channel === 'stdout' && isListener(process) ? true : undefined,
      ),
    send: (process, bytes) => hooks.stdin.call(process, bytes) ?? 'closed',
    log: (level, text) => hooks.log.call(level, text),
  };
}
