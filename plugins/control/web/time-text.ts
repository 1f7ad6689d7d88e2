import { clockTime as clockOf, localTime, monthName } from '../../../core/index.ts';

/** `Sat Nov  1 04:10:05 2025`, local time: as C prints a moment, and Supervisor in its messages. */
export function longTime(wallMs: number): string {
  const time = localTime(wallMs);
  const day = String(time.day).padStart(2, ' ');
  return `${DAYS[time.weekday]} ${monthName(time)} ${day} ${clockOf(time)} ${time.year}`;
}

/** `16:10:05`, local time. */
export function clockTime(wallMs: number): string {
  return clockOf(localTime(wallMs));
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
