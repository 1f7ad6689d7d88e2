import { defineOptions } from '../../../core/index.ts';
import type { OptionValues, SectionCheck } from '../../../core/index.ts';
import {
  command,
  integer,
  nonEmptyText,
  optionType,
  Refusal,
  stringList,
  wordsOf,
} from '../../config/option-types/index.ts';
import { NOTIFICATION_KINDS, type NotificationKind } from './notification.ts';

const byName = new Map<string, NotificationKind>(NOTIFICATION_KINDS.map((kind) => [kind, kind]));

const notificationKinds = optionType<string | readonly NotificationKind[], readonly NotificationKind[]>({
  is: 'a list of events to report',
  allowed: NOTIFICATION_KINDS.join(', '),
  json: { anyOf: [{ type: 'array', minItems: 1, items: { enum: NOTIFICATION_KINDS } }, { type: 'string' }] },
  parse: (given) => {
    const words = wordsOf(given)?.map((word) => word.toLowerCase());
    if (words === undefined || words.length === 0) return new Refusal();
    const unknown = words.find((word) => !byName.has(word));
    if (unknown !== undefined) return new Refusal(`${unknown} is none of them`);
    return [...new Set(words.flatMap((word) => byName.get(word) ?? []))];
  },
});

/** The address is masked in messages: services put the secret into it. */
function url(protocols: readonly string[]) {
  const allowed = `an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return optionType<string, string>({
    is: 'an address',
    allowed,
    json: { type: 'string', format: 'uri' },
    parse: (given) =>
      typeof given === 'string' && URL.canParse(given) && protocols.includes(new URL(given).protocol)
        ? given
        : new Refusal(),
  });
}

const FORMATS = ['json', 'slack', 'discord', 'teams'] as const;

const webhookFormat = optionType<(typeof FORMATS)[number], (typeof FORMATS)[number]>({
  is: 'a format',
  allowed: FORMATS.join(', '),
  json: { enum: FORMATS },
  parse: (given) => FORMATS.find((format) => format === String(given).toLowerCase()) ?? new Refusal(),
});

/** `[notify]`; there may be several, with a name: `[notify:on-call]`. */
export const notifyOptions = defineOptions({
  events: {
    schema: notificationKinds,
    default: NOTIFICATION_KINDS,
    change: 'restart',
    description: 'The events to report.',
  },
  programs: {
    schema: stringList,
    default: ['*'],
    change: 'restart',
    description: 'The programs to report: names of processes or groups, group:name, group:*, or * for all.',
  },
  webhook: {
    schema: url(['https:', 'http:']),
    default: undefined,
    change: 'restart',
    secret: true,
    description: 'Address to POST messages to.',
  },
  webhook_format: {
    schema: webhookFormat,
    default: 'json',
    change: 'restart',
    description: 'Form of the body that is posted: json has everything; slack, discord and teams are what those take.',
  },
  command: {
    schema: command,
    default: undefined,
    change: 'restart',
    description: 'Command to run for each message, as the user of the daemon; the message is its stdin, as JSON.',
  },
  mail_to: {
    schema: stringList,
    default: [],
    change: 'restart',
    description: 'Mail addresses to send messages to.',
  },
  mail_from: {
    schema: nonEmptyText,
    default: undefined,
    change: 'restart',
    description: 'Sender of mails; tsvd at this machine by default.',
  },
  sendmail: {
    schema: command,
    default: '/usr/sbin/sendmail',
    change: 'restart',
    description: 'Program that takes mails on stdin, used where there is no smtp; it is called with -t -i.',
  },
  smtp: {
    schema: url(['smtp:', 'smtps:']),
    default: undefined,
    change: 'restart',
    secret: true,
    description: 'Mail server, as smtp://user:password@host:port; needs the package nodemailer.',
  },
  gathersecs: {
    schema: integer({ min: 1, max: 3600 }),
    default: 5,
    change: 'restart',
    description:
      'Seconds to wait for more before a message is sent; there is never more than one message in that time.',
  },
  remindsecs: {
    schema: integer({ min: 60 }),
    default: 3600,
    change: 'restart',
    description: 'Seconds until the same trouble of the same program is reported again, if it continues.',
  },
  flapexits: {
    schema: integer({ min: 2, max: 1000 }),
    default: 5,
    change: 'restart',
    description: 'Ends within flapsecs, that nobody asked for, from which on a program is flapping.',
  },
  flapsecs: {
    schema: integer({ min: 1, max: 86_400 }),
    default: 60,
    change: 'restart',
    description: 'Seconds for flapexits, and seconds to run without an end until a program has recovered.',
  },
});

export type NotifyValues = OptionValues<typeof notifyOptions>;

/** `readonly sections` of the plugin's class. */
export const sections = { notify: notifyOptions } as const;

const checkNotify: SectionCheck = ({ webhook, command: run, mail_to: to }, given) => {
  const recipients = Array.isArray(to) ? to : [];
  const broken = recipients.find((address) => !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(String(address)));
  if (broken !== undefined) {
    return [{ option: 'mail_to', message: `${JSON.stringify(broken)} is not a mail address such as ops@example.org` }];
  }
  if (webhook === undefined && run === undefined && recipients.length === 0) {
    return [{ message: 'notifies nobody: give webhook, command or mail_to' }];
  }
  const [orphan] = (
    [
      ['smtp', 'mail_to', recipients.length > 0],
      ['mail_from', 'mail_to', recipients.length > 0],
      ['webhook_format', 'webhook', webhook !== undefined],
    ] as const
  ).filter(([option, , isThere]) => given.has(option) && !isThere);
  return orphan === undefined ? [] : [{ option: orphan[0], message: `has no effect without ${orphan[1]}` }];
};

/** `readonly checks` of the plugin's class. */
export const checks: Readonly<Record<string, SectionCheck>> = { notify: checkNotify };
