import type { IncomingHttpHeaders } from 'node:http';
import { authenticate, type Accounts, type Role } from './authentication.ts';
import { HttpRefusal } from './refusal.ts';
import { isForeign, isOwnHost } from './same-site.ts';

/** The access rules of a server. */
export interface AdmissionPolicy {
  /** The section of the server, for messages. */
  readonly section: string;
  /** `undefined` allows everybody. */
  readonly accounts: Accounts | undefined;
  /** Names of this server in `Host`; `undefined` where no browser can connect, on a unix socket. */
  readonly names: ReadonlySet<string> | undefined;
}

export interface Admission {
  /** The user; `undefined` if the server has no accounts. */
  readonly user: string | undefined;
  /** Without accounts everybody is an administrator. */
  readonly role: Role;
  /** The browser marks the request as coming from another site: it may read public pages, and change nothing. */
  readonly isForeign: boolean;
}

/** A denied request. */
export interface Denial {
  readonly refusal: HttpRefusal;
  /** What to report to the administrator, if anything. */
  readonly because:
    | { readonly kind: 'noPassword' }
    | { readonly kind: 'wrongPassword'; readonly username: string }
    | { readonly kind: 'foreignHost'; readonly host: string };
}

/** Decides about every request, before its path is read. */
export function admit(
  headers: Pick<IncomingHttpHeaders, 'host' | 'origin' | 'authorization' | 'sec-fetch-site'>,
  { section, accounts, names }: AdmissionPolicy,
): Admission | Denial {
  const proof = accounts && authenticate(headers.authorization, accounts);
  if (proof?.kind === 'none') {
    return { refusal: unauthorized('a username and a password are required'), because: { kind: 'noPassword' } };
  }
  if (proof?.kind === 'wrong') {
    const { username } = proof;
    return {
      refusal: unauthorized('the username or the password is wrong'),
      because: { kind: 'wrongPassword', username },
    };
  }
  const { user, role } = proof?.identity ?? ANYBODY;
  if (names === undefined) return { user, role, isForeign: false };
  // A rebound name has no password to send: the browser stores passwords by name. So with a password any name is
  // accepted, and clients that use an alias of this machine still work, as with Supervisor.
  if (accounts === undefined && !isOwnHost(headers.host, names)) return foreignHost(headers.host ?? '', section);
  const site = headers['sec-fetch-site'];
  return {
    user,
    role,
    isForeign: isForeign({
      host: headers.host,
      origin: headers.origin,
      site: Array.isArray(site) ? site[0] : site,
    }),
  };
}

/** The reason is also in the status line: supervisorctl and tsvctl show nothing else of a refusal. */
function foreignHost(given: string, section: string): Denial {
  const host = given.slice(0, 100).replaceAll(/[^\x21-\x7e]/g, '?');
  const text = `"${host}" is no name of this server; add it to hosts= of [${section}], or set a password`;
  return {
    refusal: new HttpRefusal(403, text, {}, { code: 'FOREIGN_HOST', reason: `Forbidden: ${text}` }),
    because: { kind: 'foreignHost', host },
  };
}

function unauthorized(text: string): HttpRefusal {
  return new HttpRefusal(401, text, { 'WWW-Authenticate': 'Basic realm="default"' });
}

const ANYBODY = { user: undefined, role: 'admin' } as const satisfies Pick<Admission, 'user' | 'role'>;
