import type { Supervisor } from '../../../core/index.ts';
import { loggingService } from '../../output/logging/index.ts';

/** Writes a line into the activity log; without the plugin `logging` it is dropped. */
export function log(supervisor: Supervisor, level: 'CRIT' | 'ERRO' | 'WARN' | 'INFO', text: string): void {
  supervisor.use(loggingService)?.log(level, text);
}
