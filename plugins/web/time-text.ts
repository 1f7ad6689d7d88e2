/** `Sat Nov  1 04:10:05 2025`, local time: as C prints a moment, and Supervisor in its messages. */
export function longTime(wallMs: number): string {
  const date = new Date(wallMs);
  const day = String(date.getDate()).padStart(2, ' ');
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clockTime(wallMs)} ${date.getFullYear()}`;
}

/** `16:10:05`, local time. */
export function clockTime(wallMs: number): string {
  const date = new Date(wallMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
