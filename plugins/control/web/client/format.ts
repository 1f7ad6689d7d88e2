/** `42 s`, `7 min`, `3 h 05`, `12 d 4 h`: how long, in the two units that matter. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `812 K`, `45.3 M`, `1.2 G`, of bytes. */
export function sizeText(bytes: number): string {
  let size = bytes / 1024;
  for (const unit of ['K', 'M', 'G']) {
    if (size < 1000 || unit === 'G')
      return `${size < 100 && unit !== 'K' ? size.toFixed(1) : Math.round(size)} ${unit}`;
    size /= 1024;
  }
  return '';
}

/** Of one core: `0.3 %`, `97 %`, `240 %`. */
export function shareText(fraction: number): string {
  const percent = fraction * 100;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** `3 processes`, `1 process`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `16:04:07`, local time. */
export function timeText(wallMs: number): string {
  const date = new Date(wallMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `16:04:07` of today, `31 Jan 16:04` of another day; local time. */
export function shortMomentText(wallMs: number, nowMs: number): string {
  if (dayText(wallMs) === dayText(nowMs)) return timeText(wallMs);
  const date = new Date(wallMs);
  const month = date.toLocaleString('en', { month: 'short' });
  return `${date.getDate()} ${month} ${timeText(wallMs).slice(0, 5)}`;
}

/** `Sat 31 Jan 2026`, local time. */
export function dayText(wallMs: number): string {
  const date = new Date(wallMs);
  const weekday = date.toLocaleString('en', { weekday: 'short' });
  const month = date.toLocaleString('en', { month: 'short' });
  return `${weekday} ${date.getDate()} ${month} ${date.getFullYear()}`;
}

/** `2026-01-31 16:04:07`, local time. */
export function momentText(wallMs: number): string {
  const date = new Date(wallMs);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return `${day.map((part) => String(part).padStart(2, '0')).join('-')} ${timeText(wallMs)}`;
}
