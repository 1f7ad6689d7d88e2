import { createHash } from 'node:crypto';
import { STYLE } from './style.ts';

/** A file that pages load. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

/** By path. Under the name that Supervisor's style sheet has. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ['/stylesheets/supervisor.css', asset('text/css;charset=utf-8', STYLE)],
  ['/images/sound.svg', picture('<circle cx="16" cy="16" r="12" fill="#2f9e5b"/>')],
  ['/images/trouble.svg', picture('<path d="M16 2 31 29H1z" fill="#d6403a"/>')],
]);

function picture(shape: string): Asset {
  return asset('image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${shape}</svg>`);
}

function asset(type: string, text: string): Asset {
  const body = Buffer.from(text);
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` };
}
