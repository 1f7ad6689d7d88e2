import { createHash, timingSafeEqual } from 'node:crypto';

/** The credentials that a server requires. */
export interface Credentials {
  readonly username: string;
  /** The password, or `{SHA}` and the hexadecimal SHA-1 of it. */
  readonly password: string;
}

/** The role of an account: do everything, or read everything and change nothing. */
export type Role = 'admin' | 'viewer';

/** The accounts of one server. */
export interface Accounts {
  readonly admin: Credentials;
  /** A read-only account; most servers have none. */
  readonly viewer: Credentials | undefined;
}

/** The sender of a request. */
export interface Identity {
  readonly user: string;
  readonly role: Role;
}

/** The result of checking an `Authorization` header. */
export type Proof =
  | { readonly kind: 'identity'; readonly identity: Identity }
  /** No credentials: the first request of browsers, curl and xmlrpc.client has no header. */
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong'; readonly username: string };

/**
 * Checks an `Authorization` header. The time it takes reveals nothing about the secrets, nor whether the name or the
 * password was wrong: every account is compared completely.
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

/** Whether a request contains a password to check. */
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

/** The first colon ends the name; the password may contain more colons, and any bytes. */
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

/** Compares digests, which have one length: the time reveals neither length nor content. */
function isSame(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
