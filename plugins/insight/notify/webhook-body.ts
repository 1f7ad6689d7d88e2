import { unreachable } from '../../../core/index.ts';
import { bodyText, headline, type Message } from './message.ts';
import { describe } from './notification.ts';
import type { NotifyValues } from './options.ts';

/** The body of a webhook request, as a value for JSON. */
export function webhookBody(message: Message, format: NotifyValues['webhook_format']): unknown {
  switch (format) {
    case 'json':
      return plainBody(message);
    case 'slack':
      // Slack: "Escaping text". With these three characters escaped, a message can neither mention anybody nor contain
      // a link.
      return { text: escapeForSlack(`*${headline(message)}*\n${bodyText(message)}`) };
    case 'discord':
      return {
        content: shorten(`**${headline(message)}**\n${bodyText(message)}`, DISCORD_LIMIT),
        allowed_mentions: { parse: [] },
      };
    case 'teams':
      return teamsBody(message);
    default:
      return unreachable(format);
  }
}

/** The full message, for programs. `text`, and each `text` of `news`, are for people. */
export function plainBody(message: Message): Record<string, unknown> {
  const { host, identifier, at, notifications, left } = message;
  return {
    version: 1,
    host,
    identifier,
    time: new Date(at).toISOString(),
    text: headline(message),
    news: notifications.map(({ at: when, ...one }) => ({
      ...one,
      ...('since' in one && { since: new Date(one.since).toISOString() }),
      time: new Date(when).toISOString(),
      text: describe({ ...one, at: when }),
    })),
    left,
  };
}

/** Discord: "content: the message contents (up to 2000 characters)". */
const DISCORD_LIMIT = 2_000;
/** Teams takes 28 KB in all; JSON may make a text six times as long. */
const TEAMS_LIMIT = 4_000;

/** An Adaptive Card, as the webhook of a Teams workflow takes it. */
function teamsBody(message: Message): unknown {
  const block = (text: string, style: object) => ({ type: 'TextBlock', text, wrap: true, ...style });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(shorten(headline(message), TEAMS_LIMIT), { weight: 'Bolder', size: 'Medium' }),
            block(shorten(bodyText(message), TEAMS_LIMIT), { fontType: 'Monospace' }),
          ],
        },
      },
    ],
  };
}

function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Counted in UTF-16 code units, as the services do. A surrogate pair is not split. */
function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 2).replace(/[\uD800-\uDBFF]$/, '')} …`;
}
