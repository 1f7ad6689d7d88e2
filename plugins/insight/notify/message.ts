import { describe, NOTIFICATION_KINDS, type Notification } from './notification.ts';

/** A message: everything that happened within `gathersecs`. */
export interface Message {
  readonly host: string;
  /** `identifier` of `[supervisord]`. */
  readonly identifier: string;
  /** Wall time in milliseconds. */
  readonly at: number;
  /** Trouble first; at most {@link MOST_NOTIFICATIONS}. */
  readonly notifications: readonly Notification[];
  /** The number of further notifications, and of earlier ones that could not be delivered. */
  readonly left: number;
}

/** A longer message would not be read, and no service takes it. */
const MOST_NOTIFICATIONS = 50;

export function messageOf(
  notifications: readonly Notification[],
  about: Pick<Message, 'host' | 'identifier' | 'at' | 'left'>,
): Message {
  const rank = ({ kind }: Notification): number => NOTIFICATION_KINDS.indexOf(kind);
  const sorted = notifications.toSorted((a, b) => rank(a) - rank(b) || a.at - b.at);
  return {
    ...about,
    notifications: sorted.slice(0, MOST_NOTIFICATIONS),
    left: about.left + Math.max(0, notifications.length - MOST_NOTIFICATIONS),
  };
}

/** One line, for a subject: `shop-1: web is FATAL …`, or a count by kind. */
export function headline({ host, notifications, left }: Message): string {
  const [only] = notifications;
  if (only !== undefined && notifications.length === 1 && left === 0) return `${host}: ${describe(only)}`;
  const counts = NOTIFICATION_KINDS.map(
    (kind) => [kind, notifications.filter((one) => one.kind === kind).length] as const,
  );
  const words = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind.replace('_', ' ')}`);
  return `${host}: ${words.join(', ')}`;
}

/** The whole message as plain text, one line per notification. */
export function bodyText(message: Message): string {
  const { identifier, host, notifications, left } = message;
  return [
    ...notifications.map(describe),
    ...(left > 0 ? [`… and ${left} more that could not be sent`] : []),
    `(${identifier} on ${host})`,
  ].join('\n');
}
