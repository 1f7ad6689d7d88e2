import type { Supervisor } from '../../core/index.ts';
import { loggingService } from '../logging/index.ts';

/** A line in the activity log; without the plugin `logging` nobody reads it. */
export function log(supervisor: Supervisor, level: 'CRIT' | 'ERRO' | 'WARN' | 'INFO', text: string): void {
  supervisor.use(loggingService)?.log(level, text);
}
