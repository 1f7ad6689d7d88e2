import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../../core/index.ts';
import { authenticate, hasPassword, type Accounts, type Role } from './authentication.ts';
import { BoundedLog } from './bounded-log.ts';
import { clientIdentity, type PeerUid } from './client-identity.ts';
import { Guesses } from './password-guesses.ts';
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

interface Admission {
  /** The user; `undefined` if the server has no accounts. */
  readonly user: string | undefined;
  /** Without accounts everybody is an administrator. */
  readonly role: Role;
  /** The browser marks the request as coming from another site: it may read public pages, and change nothing. */
  readonly isForeign: boolean;
}

/** A denied request. */
interface Denial {
  readonly refusal: HttpRefusal;
  /** What to report to the administrator, if anything. */
  readonly because:
    | { readonly kind: 'noPassword' }
    | { readonly kind: 'wrongPassword'; readonly username: string }
    | { readonly kind: 'foreignHost'; readonly host: string };
}

export interface GateOptions {
  readonly clock: Clock;
  readonly peerUid: PeerUid;
  /** Writes a line into the log of the daemon. */
  readonly warn: (text: string) => void;
}

/**
 * Admits or denies the requests of all servers. Slows down clients that guess passwords, and logs denied requests whose
 * cause only an administrator can fix.
 */
export class Gate {
  readonly #peerUid: PeerUid;
  readonly #guesses: Guesses;
  readonly #passwordLog: BoundedLog;
  readonly #hostLog: BoundedLog;
  /** The header that was accepted on a connection. It is accepted again, whatever others at that address try. */
  readonly #proven = new WeakMap<Socket, string>();

  constructor({ clock, peerUid, warn }: GateOptions) {
    this.#peerUid = peerUid;
    this.#guesses = new Guesses(clock);
    this.#passwordLog = new BoundedLog(clock, 'requests with a wrong password', warn);
    this.#hostLog = new BoundedLog(clock, 'requests for a name that is not in hosts=', warn);
  }

  /** @throws HttpRefusal if the request is denied: 401, 403, 429. */
  admit({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>, policy: AdmissionPolicy): Admission {
    const { authorization } = headers;
    const isGuess = policy.accounts !== undefined && hasPassword(authorization);
    if (isGuess && this.#proven.get(socket) !== authorization) this.#checkGuesses(socket);
    const admission = admit(headers, policy);
    if ('refusal' in admission) {
      this.#logDenial(admission, socket, policy.section);
      throw admission.refusal;
    }
    if (isGuess && authorization !== undefined) this.#proven.set(socket, authorization);
    return admission;
  }

  close(): void {
    this.#passwordLog.close();
    this.#hostLog.close();
  }

  #checkGuesses(socket: Socket): void {
    const waitMs = this.#guesses.waitMs(clientIdentity(socket, this.#peerUid));
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1_000);
    const text = `too many wrong passwords from here; try again in ${seconds} s`;
    const headers = { 'Retry-After': String(seconds), Connection: 'close' };
    throw new HttpRefusal(429, text, headers, { reason: `Too Many Requests: ${text}` });
  }

  #logDenial({ because }: Denial, socket: Socket, section: string): void {
    switch (because.kind) {
      case 'noPassword':
        return;
      case 'wrongPassword': {
        const guesser = clientIdentity(socket, this.#peerUid);
        this.#guesses.failed(guesser);
        const name = JSON.stringify(because.username.slice(0, 64));
        return this.#passwordLog.write(`[${section}] wrong username or password from ${guesser}, as user ${name}`);
      }
      case 'foreignHost':
        return this.#hostLog.write(
          `[${section}] refused a request for http://${because.host}: that is no name of this server; add hosts=${because.host.replace(/:\d+$/, '')} if it should be`,
        );
    }
  }
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
