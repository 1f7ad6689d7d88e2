import { clockTime, isoDate, localTime, visible } from '../../../../core/index.ts';
import type { Level } from './level.ts';

/** Formats a line of the log, in local time. Newlines in the text are escaped, so that no program can forge a line. */
export function formatLine(at: number, level: Level, text: string): string {
  const time = localTime(at);
  return `${isoDate(time)} ${clockTime(time)},${String(time.millisecond).padStart(3, '0')} ${level} ${visible(text)}\n`;
}
