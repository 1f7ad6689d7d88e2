import { clockTime as clockOf, isoDate, localTime, type Cause } from '../../../core/index.ts';

/** `2026-01-31 09:05:00`, in the reader's time zone. */
export function moment(iso: string): string {
  const time = localTime(Date.parse(iso));
  return `${isoDate(time)} ${clockOf(time)}`;
}

/** `09:05:00`. */
export function clockTime(iso: string): string {
  return clockOf(localTime(Date.parse(iso)));
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `30 ms`, `4.5 s`, `47 s`, `2 min 5 s`, `3 d 2 h`: two units at most. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** `50 MiB`. */
export function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let scaled = bytes;
  let unit = 0;
  for (; scaled >= 1024 && unit < units.length - 1; unit += 1) scaled /= 1024;
  return `${scaled >= 10 || unit === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit] ?? ''}`;
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** The requester, to follow "it was stopped by …". */
export function whoAsked({ by, detail }: Cause): string {
  const how = detail === undefined ? '' : ` (${detail})`;
  switch (by) {
    case 'client':
      return `a client${how}`;
    case 'shutdown':
      return `the end of the daemon${how}`;
    case 'reload':
      return `a change of the configuration${how}`;
    case 'plugin':
      return `a plugin${how}`;
    case 'policy':
      return `the daemon${how}`;
    case 'boot':
      return 'the start of the daemon (autostart)';
    case 'child':
      return `the restart policy${detail === undefined ? '' : `, after ${detail}`}`;
    default:
      return by; // a newer daemon may know more
  }
}

/** What a fatal signal says about the program. */
export const SIGNAL_MEANINGS: Readonly<Record<string, string>> = {
  SIGABRT: 'the program gave itself up: abort, a failed assertion, or a runtime that found itself broken',
  SIGBUS: 'it touched memory that is not there: often a mapped file that was cut short, or a full /dev/shm',
  SIGFPE: 'an arithmetic error, mostly a division by zero',
  SIGILL: 'an instruction that this processor does not have, or memory that was overwritten',
  SIGPIPE: 'it wrote to somebody who had stopped reading',
  SIGSEGV: 'it touched memory that is not its own: a bug in the program or in a native library',
  SIGSYS: 'a system call that a sandbox (seccomp) forbids',
  SIGTRAP: 'it met a breakpoint, or a runtime found itself broken',
  SIGXCPU: 'it used up its processor time (ulimit -t)',
  SIGXFSZ: 'a file grew beyond what is allowed (ulimit -f)',
};

/** Signals caused by the program itself; all others are sent by another process. */
export function isOwnFault(signal: string): boolean {
  return Object.hasOwn(SIGNAL_MEANINGS, signal);
}
