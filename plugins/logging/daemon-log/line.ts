import { clockTime, isoDate, localTime, visible } from '../../../core/index.ts';
import type { Level } from './level.ts';

/** One line of the log, in local time. A text of several lines is one record all the same: nobody forges one in somebody's name. */
export function formatLine(at: number, level: Level, text: string): string {
  const time = localTime(at);
  return `${isoDate(time)} ${clockTime(time)},${String(time.millisecond).padStart(3, '0')} ${level} ${visible(text)}\n`;
}
