import { HttpRefusal, type Exchange } from '../http/index.ts';
import type { Asset } from './assets.ts';
import { encodeText, type Html } from './html.ts';

/**
 * The headers of every answer. A page may run our own script, load our own style sheet and images, connect to us and
 * post forms to us, and nothing else: nothing inline, no framing, no foreign URL, and no text that becomes markup or
 * script in the document (trusted types: the script creates none).
 */
const SECURITY = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Not no-referrer: with that, browsers post our own forms with `Origin: null`, which counts as another site.
  'Referrer-Policy': 'same-origin',
} as const;

/** Pages of hundreds of processes are repetitive: compression makes them a thirtieth. */
export async function sendPage({ request, response }: Exchange, markup: Html, status = 200): Promise<void> {
  const plain = Buffer.from(markup.toString());
  const isCompressed = takesGzip(request.headers['accept-encoding']);
  const body = isCompressed ? await compress(plain) : plain;
  response.writeHead(status, {
    ...SECURITY,
    'Content-Type': 'text/html;charset=utf-8',
    'Content-Length': body.length,
    ...(isCompressed && { 'Content-Encoding': 'gzip' }),
    Vary: 'Accept-Encoding',
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

/** `ok.html`, as Supervisor serves it for health checks. */
export function sendText({ response }: Exchange, text: string): void {
  response.writeHead(200, {
    ...SECURITY,
    'Content-Type': 'text/plain;charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

/** A file that a page loads. Browsers cache it but revalidate it before each use, so a page never gets an older one. */
export function sendAsset({ request, response }: Exchange, { type, body, compressed, etag }: Asset): void {
  const headers = { ...SECURITY, ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const isCompressed = compressed !== undefined && takesGzip(request.headers['accept-encoding']);
  const sent = isCompressed ? compressed : body;
  response.writeHead(200, {
    ...headers,
    'Content-Type': type,
    'Content-Length': sent.length,
    ...(isCompressed && { 'Content-Encoding': 'gzip' }),
  });
  response.end(sent);
}

/**
 * Redirects to the page, with the result of an action. Supervisor sends 301, which lets a browser cache the outcome and
 * skip the next request, and an absolute URL, which is wrong behind a proxy.
 */
export function sendMessage({ response }: Exchange, message: string): void {
  response.writeHead(303, {
    ...SECURITY,
    Location: `index.html?message=${encodeText(message)}`,
    'Content-Length': 0,
    'Cache-Control': 'no-store',
  });
  response.end();
}

/** @throws HttpRefusal 405 */
export function allow({ info }: Exchange, methods: readonly string[]): void {
  if (methods.includes(info.method)) return;
  throw new HttpRefusal(405, `${info.path} is for ${methods.join(', ')}`, { Allow: methods.join(', ') });
}

/** `gzip, br`, but not `gzip;q=0`. */
function takesGzip(accepted: string | string[] | undefined): boolean {
  return /(?:^|,)\s*gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))/i.test(String(accepted ?? ''));
}

/** Not on the event loop. */
async function compress(bytes: Buffer): Promise<Buffer> {
  const [{ promisify }, { gzip }] = await Promise.all([import('node:util'), import('node:zlib')]);
  return promisify(gzip)(bytes);
}
