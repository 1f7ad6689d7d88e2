import type { Supervisor } from '../../core/index.ts';
import { LoggingPlugin } from '../logging/index.ts';

/** A line in the activity log; without the plugin `logging` nobody reads it. */
export function log(supervisor: Supervisor, level: 'CRIT' | 'ERRO' | 'WARN' | 'INFO', text: string): void {
  LoggingPlugin.getHooks(supervisor).log.call(level, text);
}
