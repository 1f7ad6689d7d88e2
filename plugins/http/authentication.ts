import { createHash, timingSafeEqual } from 'node:crypto';

/** What a server wants of its clients. */
export interface Credentials {
  readonly username: string;
  /** The password, or `{SHA}` and the hexadecimal SHA-1 of it. */
  readonly password: string;
}

/** What an account may do: everything, or look at everything and change nothing. */
export type Role = 'admin' | 'viewer';

/** The accounts of one server. */
export interface Accounts {
  readonly admin: Credentials;
  /** An account that may only look; most servers have none. */
  readonly viewer: Credentials | undefined;
}

/** Whom a request comes from. */
export interface Identity {
  readonly user: string;
  readonly role: Role;
}

/** What an `Authorization` header proves. */
export type Proof =
  | { readonly kind: 'identity'; readonly identity: Identity }
  /** Nobody was named: the first request of browsers, curl and xmlrpc.client has no header. */
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong'; readonly username: string };

/**
 * Looks at an `Authorization` header. The time it takes tells nothing about the secrets, nor whether it was the name or the
 * password that was wrong: every account is looked at, to the end.
 */
export function authenticate(header: string | undefined, { admin, viewer }: Accounts): Proof {
  const given = readBasic(header);
  if (given === undefined) return { kind: 'none' };
  const isAdmin = proves(given, admin);
  const isViewer = viewer !== undefined && proves(given, viewer);
  if (isAdmin) return { kind: 'identity', identity: { user: admin.username, role: 'admin' } };
  if (isViewer) return { kind: 'identity', identity: { user: viewer.username, role: 'viewer' } };
  return { kind: 'wrong', username: given.username.toString() };
}

/** Whether a request brings a password to look at. */
export function hasPassword(header: string | undefined): boolean {
  return readBasic(header) !== undefined;
}

interface Given {
  readonly username: Buffer;
  readonly password: Buffer;
}

function proves(given: Given, { username, password }: Credentials): boolean {
  const isUser = isSame(given.username, Buffer.from(username));
  const isPassword = matches(given.password, password);
  return isUser && isPassword;
}

/** The first colon ends the name; the password may hold more of them, and any bytes. */
function readBasic(header: string | undefined): Given | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(':');
  if (colon === -1) return undefined;
  return { username: bytes.subarray(0, colon), password: bytes.subarray(colon + 1) };
}

/** Supervisor: http.py encrypted_dictionary_authorizer; the hash is in hexadecimal, not base64. */
function matches(given: Buffer, stored: string): boolean {
  if (!stored.startsWith('{SHA}')) return isSame(given, Buffer.from(stored));
  const hash = createHash('sha1').update(given).digest('hex');
  return isSame(Buffer.from(hash), Buffer.from(stored.slice('{SHA}'.length).toLowerCase()));
}

/** Of digests, because those have one length: neither length nor content shows in the time. */
function isSame(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
