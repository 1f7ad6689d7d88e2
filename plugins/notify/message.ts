import { describe, NEWS_KINDS, type News } from './news.ts';

/** What is sent: everything that happened within `gathersecs`, as one. */
export interface Message {
  readonly host: string;
  /** `identifier` of `[supervisord]`. */
  readonly identifier: string;
  /** Wall time in milliseconds. */
  readonly at: number;
  /** Trouble first; at most {@link MOST_NEWS}. */
  readonly news: readonly News[];
  /** News beyond those, and earlier messages that could not be delivered. */
  readonly left: number;
}

/** A message of more news would not be read, and no service takes it. */
const MOST_NEWS = 50;

export function messageOf(news: readonly News[], about: Pick<Message, 'host' | 'identifier' | 'at' | 'left'>): Message {
  const rank = ({ kind }: News): number => NEWS_KINDS.indexOf(kind);
  const sorted = news.toSorted((a, b) => rank(a) - rank(b) || a.at - b.at);
  return { ...about, news: sorted.slice(0, MOST_NEWS), left: about.left + Math.max(0, news.length - MOST_NEWS) };
}

/** One line, for a subject: `shop-1: web is FATAL …`, or how many of what. */
export function headline({ host, news, left }: Message): string {
  const [only] = news;
  if (only !== undefined && news.length === 1 && left === 0) return `${host}: ${describe(only)}`;
  const counts = NEWS_KINDS.map((kind) => [kind, news.filter((one) => one.kind === kind).length] as const);
  const words = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind.replace('_', ' ')}`);
  return `${host}: ${words.join(', ')}`;
}

/** The whole as plain text, a line for each. */
export function bodyText(message: Message): string {
  const { identifier, host, news, left } = message;
  return [
    ...news.map(describe),
    ...(left > 0 ? [`… and ${left} more that could not be told`] : []),
    `(${identifier} on ${host})`,
  ].join('\n');
}
