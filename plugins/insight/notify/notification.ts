import { unreachable } from '../../../core/index.ts';

/** The kinds of notifications, in the order of a message: trouble first. */
export const NOTIFICATION_KINDS = [
  'fatal',
  'flapping',
  'listener_deaf',
  'disk_full',
  'plugin_disabled',
  'recovered',
  'daemon_started',
] as const;

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** One thing that happened. Times are wall time in milliseconds since the epoch. */
export type Notification = (
  | {
      /** A program became FATAL: it is not started again. */
      readonly kind: 'fatal';
      readonly program: string;
      readonly reason: string;
    }
  | {
      /** A program keeps exiting and is restarted every time. `ends`: exits since `since`. */
      readonly kind: 'flapping';
      readonly program: string;
      readonly reason: string;
      readonly ends: number;
      readonly since: number;
    }
  | {
      /** A program that was `fatal` or `flapping` runs, and has not exited for `flapsecs`. */
      readonly kind: 'recovered';
      readonly program: string;
      readonly ends: number;
      readonly since: number;
    }
  | { readonly kind: 'listener_deaf'; readonly program: string; readonly reason: string }
  | { readonly kind: 'disk_full'; readonly file: string; readonly reason: string }
  | { readonly kind: 'plugin_disabled'; readonly plugin: string; readonly reason: string }
  | { readonly kind: 'daemon_started'; readonly pid: number }
) & { readonly at: number };

/** The subject. A later notification replaces one of the same subject that was not sent yet. */
export function subjectOf(notification: Notification): string {
  switch (notification.kind) {
    case 'fatal':
    case 'flapping':
    case 'recovered':
    case 'listener_deaf':
      return programSubject(notification.kind, notification.program);
    case 'disk_full':
      return `${notification.kind} ${notification.file}`;
    case 'plugin_disabled':
      return `${notification.kind} ${notification.plugin}`;
    case 'daemon_started':
      return notification.kind;
    default:
      return unreachable(notification);
  }
}

/** The subject of one kind of notification about a program. */
export function programSubject(kind: NotificationKind, program: string): string {
  return `${kind} ${program}`;
}

/** The notification as one sentence. */
export function describe(notification: Notification): string {
  switch (notification.kind) {
    case 'fatal':
      return `${notification.program} is FATAL and is not started again: ${notification.reason}`;
    case 'flapping':
      return `${notification.program} is flapping: it ended ${times(notification.ends)} since ${clockTime(notification.since)}, last with ${notification.reason}`;
    case 'recovered':
      return `${notification.program} runs again, after it ended ${times(notification.ends)} since ${clockTime(notification.since)}`;
    case 'listener_deaf':
      return `event listener ${notification.program} hears no more events: ${notification.reason}`;
    case 'disk_full':
      return `${notification.file} cannot be written: ${notification.reason}; what writes to it is blocked until it can be written`;
    case 'plugin_disabled':
      return `plugin ${notification.plugin} was switched off: ${notification.reason}`;
    case 'daemon_started':
      return `tsvd was started, with pid ${notification.pid}`;
    default:
      return unreachable(notification);
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** `2026-11-22 19:45:07 UTC` */
function clockTime(wall: number): string {
  return `${new Date(wall).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
