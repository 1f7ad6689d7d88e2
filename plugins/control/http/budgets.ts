import type { Role } from './authentication.ts';
import { HttpRefusal } from './refusal.ts';

/**
 * All limits on what clients may use, in one table; docs/plugins/http.md has the same one. Times are in milliseconds.
 * Descriptors have their own budget, which connections share with programs: core/descriptors.ts.
 */
export interface Budgets {
  /** Per server. Beyond it the connection that has been idle longest is closed; if none is idle, the new one is. */
  readonly connections: number;
  /** TCP connections that may use the reserve of descriptors, so that a daemon without a unix socket can be reached. */
  readonly fewConnections: number;
  /** Concurrent requests of all servers, waiting calls included. */
  readonly requests: number;
  /** Endless answers of all servers: events, logs that are followed or downloaded. */
  readonly streams: number;
  /** Request bodies of all servers in memory. */
  readonly bodyBytes: number;
  /** One body from a read-only account. */
  readonly viewerBodyBytes: number;
  /** Answers of all servers that clients have not read yet. */
  readonly answerBytes: number;
  /** Pipelined requests on one connection. */
  readonly pipelined: number;
  /** From connecting to the end of the first request's headers. */
  readonly firstRequestMs: number;
  /** From the end of the headers to the end of the body. */
  readonly bodyMs: number;
  /** How long a client may read nothing of a pending answer, whether a stream or complete. */
  readonly answerMs: number;
  /** How long pending answers may take once a server closes. */
  readonly graceMs: number;
}

export const BUDGETS: Budgets = {
  connections: 1_000,
  fewConnections: 8,
  requests: 1_000,
  streams: 256,
  bodyBytes: 64 * 2 ** 20,
  viewerBodyBytes: 2 ** 20,
  answerBytes: 128 * 2 ** 20,
  pipelined: 100,
  firstRequestMs: 60_000,
  bodyMs: 60_000,
  answerMs: 60_000,
  graceMs: 2_000,
};

/**
 * The part of a budget up to which each kind of client is served. All share the same budget, so an administrator still
 * gets access when viewers have used up their part, and the unix socket when the network has.
 */
const SHARES = { viewer: 1 / 2, network: 3 / 4, local: 1 } as const;

export type Claimant = keyof typeof SHARES;

/** A viewer is one everywhere; an administrator is `local` on a unix socket. */
export function claimantOf(role: Role, server: 'unix' | 'inet'): Claimant {
  if (role === 'viewer') return 'viewer';
  return server === 'unix' ? 'local' : 'network';
}

type Counted = 'requests' | 'streams' | 'bodyBytes';

/** Counts what the clients of all servers use, and refuses requests beyond a budget. */
export class Usage {
  readonly #budgets: Budgets;
  readonly #used: Record<Counted, number> = { requests: 0, streams: 0, bodyBytes: 0 };
  readonly #answers = new Set<() => number>();

  constructor(budgets: Budgets) {
    this.#budgets = budgets;
  }

  get used(): Readonly<Record<Counted, number>> {
    return this.#used;
  }

  /**
   * Takes a part of a budget; release it with {@link giveBack}. @throws HttpRefusal 503 if the part of this claimant is
   * used up.
   */
  take(budget: Counted, amount: number, claimant: Claimant): void {
    if (this.#used[budget] + amount > this.#budgets[budget] * SHARES[claimant]) throw this.#refusal(budget, claimant);
    this.#used[budget] += amount;
  }

  giveBack(budget: Counted, amount: number): void {
    this.#used[budget] -= amount;
  }

  /** `bytes` returns how many bytes of answers the clients of a server have not read yet. */
  countAnswers(bytes: () => number): void {
    this.#answers.add(bytes);
  }

  /** @throws HttpRefusal 503 if clients have left too much of their answers unread for another one. */
  checkAnswers(claimant: Claimant): void {
    let bytes = 0;
    for (const count of this.#answers) bytes += count();
    if (bytes > this.#budgets.answerBytes * SHARES[claimant]) throw this.#refusal('answerBytes', claimant);
  }

  #refusal(budget: Counted | 'answerBytes', claimant: Claimant): HttpRefusal {
    const { code, text } = REFUSALS[budget];
    const share = Math.floor(this.#budgets[budget] * SHARES[claimant]);
    return overloaded(code, text(share, CLAIMANTS[claimant]));
  }
}

/** A refusal whose status line names the used-up budget: supervisorctl and tsvctl show that line. */
export function overloaded(code: string, text: string): HttpRefusal {
  const headers = { 'Retry-After': '10', Connection: 'close' };
  return new HttpRefusal(503, text, headers, { code, reason: `Service Unavailable: ${text}` });
}

const CLAIMANTS: Readonly<Record<Claimant, string>> = {
  viewer: 'accounts that may only look',
  network: 'clients over TCP',
  local: 'all clients',
};

const REFUSALS: Readonly<
  Record<Counted | 'answerBytes', { readonly code: string; readonly text: (share: number, whose: string) => string }>
> = {
  requests: {
    code: 'TOO_MANY_REQUESTS',
    text: (share, whose) => `${share} requests are under way, the limit for ${whose}; wait for some of them to end`,
  },
  streams: {
    code: 'TOO_MANY_STREAMS',
    text: (share, whose) =>
      `${share} streams are open, the limit for ${whose}; close a page or a "tail -f" and try again`,
  },
  bodyBytes: {
    code: 'TOO_MANY_BODIES',
    text: (share, whose) =>
      `the requests under way hold ${share} bytes, the limit for ${whose}; try again when they have ended`,
  },
  answerBytes: {
    code: 'ANSWERS_NOT_TAKEN',
    text: (share, whose) =>
      `answers to ${whose} of more than ${share} bytes wait to be read; read them, or try again later`,
  },
};
