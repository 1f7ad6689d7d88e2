import type { IncomingHttpHeaders } from 'node:http';
import { authenticate, type Accounts, type Role } from './authentication.ts';
import { HttpRefusal } from './refusal.ts';
import { isForeign, isOwnHost } from './same-site.ts';

/** Whom a server lets in. */
export interface AdmissionPolicy {
  /** `undefined` lets everybody in. */
  readonly accounts: Accounts | undefined;
  /** Names of this server in `Host`; `undefined` where no browser can connect, on a unix socket. */
  readonly names: ReadonlySet<string> | undefined;
}

export interface Admission {
  /** Who it is; `undefined` where nobody has to say. */
  readonly user: string | undefined;
  /** Without accounts everybody is an administrator. */
  readonly role: Role;
  /** A browser says that the request is another site's: it may read what is public, and change nothing. */
  readonly isForeign: boolean;
}

/** Decides about every request, before its path is looked at. */
export function admit(
  headers: Pick<IncomingHttpHeaders, 'host' | 'origin' | 'authorization' | 'sec-fetch-site'>,
  { accounts, names }: AdmissionPolicy,
): Admission | HttpRefusal {
  const identity = accounts && authenticate(headers.authorization, accounts);
  if (accounts !== undefined && identity === undefined) {
    return new HttpRefusal(401, 'a username and a password are required', {
      'WWW-Authenticate': 'Basic realm="default"',
    });
  }
  const { user, role } = identity ?? ANYBODY;
  if (names === undefined) return { user, role, isForeign: false };
  // A rebound name has no password to send: the browser keeps those by name. So with a password any name will do, and
  // clients that use an alias of this machine go on working, as with Supervisor.
  if (accounts === undefined && !isOwnHost(headers.host, names)) {
    return new HttpRefusal(403, `"${headers.host}" is no name of this server; add it to the option hosts`);
  }
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

const ANYBODY = { user: undefined, role: 'admin' } as const satisfies Pick<Admission, 'user' | 'role'>;
