import { createHash } from 'node:crypto';
import { chownSync, lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { codeOf, type UserIdentity } from '../../../core/index.ts';

/**
 * Each daemon has one folder for what it publishes to other processes: the lock and the run file. Its name is
 * `IDENTIFIER-FILE-PLACES`: the identifier, a hash of the configuration file, a hash of what the daemon opens.
 *
 * - Daemons of different files never share a folder, even with the same identifier (most have the default one).
 * - Two daemons of one file may run at the same time, as under Supervisor, if each has its own servers and pidfile
 *   (from the environment or the command line). They get two folders. If all of these are equal, it is the same daemon
 *   started twice.
 * - A client that only knows the file finds the folders of its daemons, even if it cannot read the file: {@link
 *   stateFoldersOf}.
 */
export interface DaemonIdentity {
  /** The configuration file. */
  readonly file: string;
  readonly identifier: string;
  /** The addresses of the servers and the pidfile: resources that only one daemon can have. */
  readonly places: readonly string[];
}

/** The user and its environment. */
export interface StateHost {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const SYSTEM_BASE = '/run/tsvd';
const PRIVATE = 0o700;

/** The path of the folder. Does not create it. */
export function stateFolder({ file, identifier, places }: DaemonIdentity, host: StateHost = thisHost()): string {
  const name = identifier.replaceAll(/[^\w.-]/g, '_').slice(0, 64);
  return join(baseOf(host), `${name}-${hash(realFile(file))}-${hash([...places].sort().join('\0'))}`);
}

/**
 * The folders of all daemons of a configuration file, running or not. A daemon started by root has its folder in
 * `/run/tsvd`.
 */
export function stateFoldersOf(file: string, host: StateHost = thisHost()): string[] {
  const part = `-${hash(realFile(file))}-`;
  return [...new Set([baseOf(host), SYSTEM_BASE])].flatMap((base) =>
    namesIn(base)
      .filter((name) => name.includes(part))
      .map((name) => join(base, name)),
  );
}

/**
 * Creates the folder with access for its owner only. An existing one must be as safe as a configuration: a user who can
 * write there could prevent the start of the daemon, or redirect its clients.
 * @throws Error that says what is wrong with it.
 */
export function makeStateFolder(path: string, owner?: Pick<UserIdentity, 'uid' | 'gid'>): void {
  const own = process.getuid?.() ?? 0;
  const base = resolve(path, '..');
  mkdirSync(base, { recursive: true, mode: own === 0 ? 0o755 : PRIVATE });
  check(base, [own, 0], 0o022);
  try {
    mkdirSync(path, PRIVATE);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  // Only root changes the owner: to the user, or back from the `user=` of an earlier configuration. This happens in a
  // folder where only root can rename.
  if (own === 0 && lstatSync(path).isDirectory()) chownSync(path, owner?.uid ?? 0, owner?.gid ?? 0);
  check(path, [owner?.uid ?? own], 0o077);
}

function check(path: string, owners: readonly number[], forbidden: number): void {
  const stats = lstatSync(path);
  const why = !stats.isDirectory()
    ? 'is not a directory'
    : !owners.includes(stats.uid)
      ? `belongs to user ${stats.uid}`
      : (stats.mode & forbidden) === 0
        ? undefined
        : `has the mode ${(stats.mode & 0o7777).toString(8)}; others may not use it`;
  if (why !== undefined) throw new Error(`the state folder ${path} ${why}`);
}

function thisHost(): StateHost {
  return { uid: process.getuid?.() ?? 0, env: process.env };
}

/** By the XDG base directory specification for a user who is not root. */
function baseOf({ uid, env }: StateHost): string {
  if (uid === 0) return SYSTEM_BASE;
  const { XDG_RUNTIME_DIR: session, XDG_STATE_HOME: given } = env;
  // sudo keeps the variable: the folder may belong to another user.
  if (session !== undefined && isAbsolute(session) && ownerOf(session) === uid) return join(session, 'tsvd');
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), '.local/state'), 'tsvd');
}

function ownerOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.uid;
}

function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
