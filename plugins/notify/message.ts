import { describe, NOTIFICATION_KINDS, type Notification } from './notification.ts';

/** What is sent: everything that happened within `gathersecs`, as one. */
export interface Message {
  readonly host: string;
  /** `identifier` of `[supervisord]`. */
  readonly identifier: string;
  /** Wall time in milliseconds. */
  readonly at: number;
  /** Trouble first; at most {@link MOST_NOTIFICATIONS}. */
  readonly notifications: readonly Notification[];
  /** News beyond those, and earlier messages that could not be delivered. */
  readonly left: number;
}

/** A message of more news would not be read, and no service takes it. */
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

/** One line, for a subject: `shop-1: web is FATAL …`, or how many of what. */
export function headline({ host, notifications, left }: Message): string {
  const [only] = notifications;
  if (only !== undefined && notifications.length === 1 && left === 0) return `${host}: ${describe(only)}`;
  const counts = NOTIFICATION_KINDS.map(
    (kind) => [kind, notifications.filter((one) => one.kind === kind).length] as const,
  );
  const words = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind.replace('_', ' ')}`);
  return `${host}: ${words.join(', ')}`;
}

/** The whole as plain text, a line for each. */
export function bodyText(message: Message): string {
  const { identifier, host, notifications, left } = message;
  return [
    ...notifications.map(describe),
    ...(left > 0 ? [`… and ${left} more that could not be told`] : []),
    `(${identifier} on ${host})`,
  ].join('\n');
}
