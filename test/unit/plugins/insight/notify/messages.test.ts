import { expect, test } from 'vitest';
import { webhookBody } from '../../../../../plugins/insight/notify/webhook-body.ts';
import { mailText } from '../../../../../plugins/insight/notify/mail.ts';
import { messageOf, type Message } from '../../../../../plugins/insight/notify/message.ts';
import {
  describe as words,
  NOTIFICATION_KINDS,
  subjectOf,
  type Notification,
} from '../../../../../plugins/insight/notify/notification.ts';
import { checks } from '../../../../../plugins/insight/notify/options.ts';
import { concerns } from '../../../../../plugins/insight/notify/route.ts';
import { judge } from '../../../../../plugins/insight/notify/webhook.ts';

const at = Date.UTC(2026, 0, 1, 12);
const about = { host: 'shop-1', identifier: 'supervisor', at, left: 0 };
const fatal = (program: string, reason = 'exit status 1'): Notification => ({ kind: 'fatal', program, reason, at });

/** One of each kind. */
const ALL: { readonly [Kind in Notification['kind']]: Notification } = {
  fatal: fatal('web'),
  flapping: { kind: 'flapping', program: 'web', reason: 'exit status 3', ends: 7, since: at, at },
  recovered: { kind: 'recovered', program: 'web', ends: 1, since: at, at },
  listener_deaf: { kind: 'listener_deaf', program: 'mailer', reason: 'wrote "x" instead of READY', at },
  disk_full: { kind: 'disk_full', file: '/var/log/web.log', reason: 'ENOSPC: no space left on device', at },
  plugin_disabled: { kind: 'plugin_disabled', plugin: 'flap-guard', reason: 'hook exit failed 10 times in a row', at },
  daemon_started: { kind: 'daemon_started', pid: 42, at },
};

test('every kind of news has its sentence and its subject', () => {
  expect(NOTIFICATION_KINDS.map((kind) => words(ALL[kind]))).toEqual([
    'web is FATAL and is not started again: exit status 1',
    'web is flapping: it ended 7 times since 2026-01-01 12:00:00 UTC, last with exit status 3',
    'event listener mailer hears no more events: wrote "x" instead of READY',
    '/var/log/web.log cannot be written: ENOSPC: no space left on device; what writes to it is blocked until it can be written',
    'plugin flap-guard was switched off: hook exit failed 10 times in a row',
    'web runs again, after it ended once since 2026-01-01 12:00:00 UTC',
    'tsvd was started, with pid 42',
  ]);
  expect(new Set(NOTIFICATION_KINDS.map((kind) => subjectOf(ALL[kind]))).size).toBe(NOTIFICATION_KINDS.length);
});

test('json has everything, for programs and in words', () => {
  expect(webhookBody(messageOf([ALL.flapping], about), 'json')).toEqual({
    version: 1,
    host: 'shop-1',
    identifier: 'supervisor',
    time: '2026-01-01T12:00:00.000Z',
    text: `shop-1: ${words(ALL.flapping)}`,
    news: [
      {
        kind: 'flapping',
        program: 'web',
        reason: 'exit status 3',
        ends: 7,
        since: '2026-01-01T12:00:00.000Z',
        time: '2026-01-01T12:00:00.000Z',
        text: words(ALL.flapping),
      },
    ],
    left: 0,
  });
});

test('in Slack nothing that a program says mentions anybody or becomes a link', () => {
  const message = messageOf([fatal('web', '<!channel> & <https://evil.example|click>')], about);
  expect(JSON.stringify(webhookBody(message, 'slack'))).not.toMatch(/<|>/);
});

test('in Discord nobody is mentioned and the text fits', () => {
  const body = webhookBody(messageOf([fatal('web', `@everyone ${'😀'.repeat(3_000)}`)], about), 'discord');
  expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  const { content } = body as { content: string };
  expect(content.length).toBeLessThanOrEqual(2_000);
  expect(content).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
});

test('Teams takes a card of less than 28 KB', () => {
  const news = Array.from({ length: 60 }, (_, i) => fatal(`p${i}`, '\u0001'.repeat(500)));
  expect(JSON.stringify(webhookBody(messageOf(news, about), 'teams')).length).toBeLessThan(28_000);
});

test('of much news the trouble comes first, and the rest is counted', () => {
  const news = [ALL.daemon_started, ...Array.from({ length: 55 }, (_, i) => fatal(`p${i}`))];
  const message = messageOf(news, about);
  expect([
    message.notifications.length,
    message.left,
    message.notifications.some(({ kind }) => kind === 'daemon_started'),
  ]).toEqual([50, 6, false]);
});

const mail = (message: Message) =>
  mailText(message, { from: 'tsvd@shop-1', to: ['ops@example.org', 'me@example.org'] });

test('a mail has its headers, and its text survives the way', () => {
  const text = mail(messageOf([fatal('wéb')], about));
  const [head = '', body = ''] = text.split('\n\n');
  expect(head.split('\n').slice(0, 2)).toEqual(['From: tsvd@shop-1', 'To: ops@example.org, me@example.org']);
  expect(head).toContain('Date: Thu, 01 Jan 2026 12:00:00 +0000');
  expect(head).toMatch(/^Subject: =\?utf-8\?B\?/m);
  expect(Buffer.from(body, 'base64').toString()).toContain('wéb is FATAL');
});

test('nothing that a program says becomes a header of a mail', () => {
  const [head = ''] = mail(messageOf([fatal('web', 'x\r\nBcc: victim@example.org\r\n\r\nhello')], about)).split('\n\n');
  expect(head).not.toMatch(/^Bcc/im);
  expect(head).toContain('Subject: shop-1: web is FATAL and is not started again: x Bcc: victim@example.org hello');
});

test('what a webhook answers decides whether it is tried again', () => {
  const kinds = [204, 301, 404, 401, 408, 429, 500, 503].map((status) => judge(status, null, at).kind);
  expect(kinds).toEqual(['delivered', 'refused', 'refused', 'refused', 'failed', 'failed', 'failed', 'failed']);
  expect(judge(429, '17', at)).toMatchObject({ retryAfterMs: 17_000 });
  expect(judge(503, new Date(at + 9_000).toUTCString(), at)).toMatchObject({ retryAfterMs: 9_000 });
  expect(judge(503, 'tomorrow', at)).not.toHaveProperty('retryAfterMs');
});

test('programs are chosen by name, by group, or all', () => {
  const news = fatal('site:web');
  expect(['*', 'site', 'site:*', 'site:web', 'web', 'site:db', 'other'].map((one) => concerns([one], news))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(concerns(['other'], ALL.disk_full)).toBe(true);
});

test('a section that notifies nobody, or half of something, is refused', () => {
  const check = (values: Record<string, unknown>) => checks['notify']?.(values, new Set(Object.keys(values)));
  expect(check({})).toEqual([{ message: 'notifies nobody: give webhook, command or mail_to' }]);
  expect(check({ command: 'x', smtp: 'smtp://h' })).toEqual([
    { option: 'smtp', message: 'has no effect without mail_to' },
  ]);
  expect(check({ mail_to: ['a b@c'] })?.[0]?.message).toContain('"a b@c" is not a mail address');
  expect(check({ webhook: 'https://x.example', webhook_format: 'slack' })).toEqual([]);
});
