import { isIP } from 'node:net';

/**
 * A page of another site can make an administrator's browser send requests to a port that only that browser reaches.
 * Two checks prevent it, both from headers that the browser itself sends. Programs that send none of these headers are
 * not affected.
 */

/**
 * Whether a `Host` header names this server. With DNS rebinding, a page whose name points to our address is same-origin
 * to the browser, but its name is still in this header. A request without the header (HTTP/1.0) is not from a browser.
 */
export function isOwnHost(host: string | undefined, names: ReadonlySet<string>): boolean {
  if (host === undefined) return true;
  const name = hostName(host);
  return name !== undefined && (isIP(name) !== 0 || names.has(name));
}

/** Names of every server: `localhost`, this machine's name, and configured names. */
export function ownNames(hostname: string, configured: readonly string[]): ReadonlySet<string> {
  const names = ['localhost', hostname, ...configured].map((name) => name.toLowerCase().replace(/\.$/, ''));
  // A machine with a fully qualified name is also called by the first part of it.
  return new Set([...names, ...names.slice(1, 2).map((name) => name.split('.')[0] ?? name)].filter(Boolean));
}

/** What a browser reports about the page that sent the request. */
export interface Provenance {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly site: string | undefined;
}

/** Whether a browser marks a request as another site's. */
export function isForeign({ host, origin, site }: Provenance): boolean {
  // Pages cannot set this header, and the browser knows better than a comparison: a proxy may have changed `Host`.
  // `same-site` is not enough: every port of localhost is one site.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  if (host === undefined || !URL.canParse(origin)) return true; // `Origin: null` comes from sandboxes and files
  const { protocol, host: theirs } = new URL(origin);
  return !URL.canParse(`${protocol}//${host}`) || new URL(`${protocol}//${host}`).host !== theirs;
}

/** `Example.org:9001` → `example.org`, `[::1]:9001` → `::1`. */
function hostName(host: string): string | undefined {
  const parts = /^(?:\[(?<v6>[\da-f:.]+)\]|(?<name>[^\s:[\]/@\\]+?)\.?)(?::\d*)?$/i.exec(host.trim());
  return (parts?.groups?.['v6'] ?? parts?.groups?.['name'])?.toLowerCase();
}
