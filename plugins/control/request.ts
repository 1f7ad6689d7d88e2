import type { Cause } from '../../core/index.ts';

/** The requester, and whether the answer waits until the operation is complete or only until it was carried out. */
export interface Request {
  readonly cause: Cause;
  readonly wait: boolean;
}

/** The cause of a client's request. `user`: the authenticated user. */
export function clientCause(what: string, user: string | undefined): Cause {
  return { by: 'client', detail: user === undefined ? what : `${what} by ${user}` };
}
