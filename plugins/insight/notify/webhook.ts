import { webhookBody } from './webhook-body.ts';
import type { Delivered, Delivery } from './delivery-queue.ts';
import type { NotifyValues } from './options.ts';

/** POSTs messages to a URL. Redirects are not followed: the secret is in the URL. */
export function webhook(url: string, format: NotifyValues['webhook_format'], now: () => number): Delivery {
  return {
    // Services put the secret into path and query.
    target: `webhook ${new URL(url).origin}/…`,
    async deliver(message, signal) {
      const response = await fetch(withoutUserinfo(url), {
        method: 'POST',
        redirect: 'manual',
        headers: { 'Content-Type': 'application/json', 'User-Agent': 'tsvisor', ...authorization(url) },
        body: JSON.stringify(webhookBody(message, format)),
        signal,
      });
      await response.body?.cancel(); // the body is dropped, whatever its size
      return judge(response.status, response.headers.get('retry-after'), now());
    },
  };
}

/** Only temporary failures are retried: the receiver is overloaded or broken for now. */
export function judge(status: number, retryAfter: string | null, now: number): Delivered {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const reason = `it answered ${status}`;
  if (status !== 429 && status !== 408 && status < 500) return { kind: 'refused', reason };
  const retryAfterMs = retryAfter === null ? undefined : waitFor(retryAfter, now);
  return retryAfterMs === undefined ? { kind: 'failed', reason } : { kind: 'failed', reason, retryAfterMs };
}

/** Seconds, or a date. RFC 9110, 10.2.3. */
function waitFor(retryAfter: string, now: number): number | undefined {
  if (/^\d{1,6}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** fetch refuses an address with a name and password in it. */
function withoutUserinfo(url: string): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function authorization(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
