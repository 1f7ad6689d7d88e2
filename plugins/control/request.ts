import type { Cause } from '../../core/index.ts';

/** Who asks, and whether the answer waits until the operation is over or only until it was carried out. */
export interface Request {
  readonly cause: Cause;
  readonly wait: boolean;
}

/** The cause of what a client asked for. `user`: whom the server authenticated. */
export function clientCause(what: string, user: string | undefined): Cause {
  return { by: 'client', detail: user === undefined ? what : `${what} by ${user}` };
}
