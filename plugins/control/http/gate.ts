import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../../core/index.ts';
import { admit, type Admission, type AdmissionPolicy, type Denial } from './admission.ts';
import { hasPassword } from './authentication.ts';
import { BoundedLog } from './bounded-log.ts';
import { clientIdentity, type PeerUid } from './client-identity.ts';
import { Guesses } from './password-guesses.ts';
import { HttpRefusal } from './refusal.ts';

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
