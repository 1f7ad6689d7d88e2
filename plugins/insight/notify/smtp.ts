import { codeOf } from '../../../core/index.ts';
import type { Delivery } from './delivery-queue.ts';
import { subjectOf, type Envelope } from './mail.ts';
import { bodyText } from './message.ts';
import { notifyError } from './errors.ts';

/**
 * Sends mails to a mail server, with the package nodemailer.
 * @throws TSV_NOTIFY_NODEMAILER if it is not installed.
 */
export async function smtpDelivery(url: string, { from, to }: Envelope): Promise<Delivery> {
  const { createTransport } = await loadNodemailer();
  return {
    target: `mail to ${to.join(', ')} by ${new URL(url).host}`,
    async deliver(message, signal) {
      const transport = createTransport(url);
      const stop = (): void => transport.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: subjectOf(message),
          text: bodyText(message),
          headers: { 'Auto-Submitted': 'auto-generated' },
          date: new Date(message.at),
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return { kind: 'delivered' };
      } catch (error) {
        // The server's reply may repeat secrets; its code is enough.
        return { kind: isFinal(error) ? 'refused' : 'failed', reason: describeFailure(error) };
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}

async function loadNodemailer() {
  try {
    return await import('nodemailer');
  } catch (error) {
    throw notifyError('TSV_NOTIFY_NODEMAILER', [], error);
  }
}

/** SMTP: 5yz is a permanent failure. A wrong password is one, too, but is fixed without us being informed. */
function isFinal(error: unknown): boolean {
  const code = responseCode(error);
  return code !== undefined && code >= 550 && code < 560;
}

function describeFailure(error: unknown): string {
  const code = responseCode(error);
  if (code !== undefined) return `the mail server answered ${code}`;
  const cause = codeOf(error);
  return cause !== undefined ? `no connection to the mail server: ${cause}` : 'no connection to the mail server';
}

function responseCode(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'responseCode' in error ? error.responseCode : undefined;
  return typeof code === 'number' ? code : undefined;
}
