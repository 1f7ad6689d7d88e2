import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import { expandHome } from './paths.ts';

/** Where the daemon of a user who is not root keeps what its configuration does not place. */
export interface UserFolders {
  /** Socket and pidfile: gone when the user has logged out. */
  readonly runtime: string;
  /** Logs. */
  readonly state: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Owner of a path; `undefined` where nothing is. */
export type OwnerOf = (path: string) => number | undefined;

/**
 * By the XDG base directory specification; `undefined` for root, who has /run and /var/log. A runtime directory of somebody else
 * (sudo keeps the variable) is none of ours.
 */
export function userFolders(env: Environment, uid: number, ownerOf: OwnerOf = statOwner): UserFolders | undefined {
  if (uid <= 0) return undefined;
  const { XDG_STATE_HOME: given, XDG_RUNTIME_DIR: session } = env;
  const state = join(given !== undefined && isAbsolute(given) ? given : expandHome('~/.local/state', env), 'tsvisor');
  const isOurs = session !== undefined && isAbsolute(session) && ownerOf(session) === uid;
  return { runtime: isOurs ? join(session, 'tsvisor') : state, state };
}

/** The socket of a daemon that has no other. */
export function defaultSocket({ runtime }: UserFolders): string {
  return join(runtime, 'tsvd.sock');
}

function statOwner(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.uid;
}
