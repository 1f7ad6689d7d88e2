import { findCommand, reasonOf } from '../../../core/index.ts';
import type { Delivery } from './delivery-queue.ts';
import { bodyText, headline, type Message } from './message.ts';
import { runCommand } from './run-command.ts';

/** The sender and the recipients. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** Sends mails through the machine's own mail system. */
export function sendmailDelivery(
  sendmail: string,
  envelope: Envelope,
  env: Readonly<Record<string, string | undefined>>,
): Delivery {
  return {
    target: `mail to ${envelope.to.join(', ')}`,
    async deliver(message, signal) {
      try {
        const { file, argv } = findCommand({ command: sendmail, directory: undefined }, env);
        // -t: recipients are in the headers. -i: a line with a dot alone does not end the mail.
        return await runCommand({ file, argv: [...argv, '-t', '-i'], env, input: mailText(message, envelope) }, signal);
      } catch (error) {
        return { kind: 'failed', reason: reasonOf(error) };
      }
    },
  };
}

/** A mail in the format of RFC 5322 and 2045, with the line ends that sendmail expects. */
export function mailText(message: Message, { from, to }: Envelope): string {
  return [
    `From: ${headerText(from)}`,
    `To: ${to.map(headerText).join(', ')}`,
    `Subject: ${encodedWords(subjectOf(message))}`,
    `Date: ${new Date(message.at).toUTCString().replace('GMT', '+0000')}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(bodyText(message))
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
    '',
  ].join('\n');
}

/** It may contain program output; a mail's subject must be one short line. */
export function subjectOf(message: Message): string {
  const text = headline(message).replaceAll(/\s+/g, ' ');
  return text.length > 120 ? `${text.slice(0, 119).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

/** Removes what could start another header. */
function headerText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  return text.replaceAll(/[\u0000-\u001F\u007F]+/g, ' ');
}

/** RFC 2047: words of at most 75 characters, each whole in its encoding. */
function encodedWords(text: string): string {
  if (/^[\u0020-\u007E]*$/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\n ');
}
