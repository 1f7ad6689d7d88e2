import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import type { UserIdentity } from '../../../core/index.ts';

/**
 * The users and groups of this machine. Looking up is synchronous, so that resolving a configuration is; what the files do not know is
 * noted, and {@link UserDatabase.askForMissing} asks the name services for it afterwards.
 */
export interface UserDatabase {
  /** By name or, where it is all digits, by number; called by what it was asked for. */
  user(nameOrId: string): UserIdentity | undefined;
  /** The gid, by name or number. */
  group(nameOrId: string): number | undefined;
  /** Asks for what was looked up in vain since the last call; says whether anything was found, so that it pays to look again. */
  askForMissing(): Promise<boolean>;
}

/** Reads /etc/passwd and /etc/group; names that only LDAP and its like know are asked of `getent` and `id`. */
export async function openUserDatabase(): Promise<UserDatabase> {
  const [passwd, group, services] = await Promise.all(
    ['/etc/passwd', '/etc/group', '/etc/nsswitch.conf'].map(readIfThere),
  );
  return userDatabaseOf({ passwd: passwd ?? '', group: group ?? '', nsswitch: services ?? '' });
}

/** The database that files with these contents make. */
export function userDatabaseOf(files: {
  readonly passwd: string;
  readonly group: string;
  readonly nsswitch: string;
}): UserDatabase {
  return new FileUserDatabase(files.passwd, files.group, hasRemote(files.nsswitch, 'group'));
}

/** Every name is a user and every number too: for checking the form of a configuration, which is not checking the host. */
export function anyUserDatabase(): UserDatabase {
  return {
    user: (name) => (name === 'root' ? { name, uid: 0, gid: 0, groups: [0] } : unknownUser(name)),
    group: (name) => idOf(name) ?? NOBODY,
    askForMissing: () => Promise.resolve(false),
  };
}

/** The ids of `nobody` on Linux. */
const NOBODY = 65_534;

/**
 * Stands in for a user whom this machine does not know, in a configuration that cannot be run here. Should it be run all the same, it has
 * the least rights there are: an id of -1 would leave a process with those of the daemon.
 */
export function unknownUser(name: string): UserIdentity {
  return { name, uid: idOf(name) ?? NOBODY, gid: NOBODY, groups: [NOBODY] };
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

class FileUserDatabase implements UserDatabase {
  readonly #byName = new Map<string, Account>();
  readonly #byId = new Map<number, Account>();
  readonly #gids = new Map<string, number>();
  readonly #knownGids = new Set<number>();
  /** User name to the gids of the groups that list it. */
  readonly #memberships = new Map<string, number[]>();
  /** From name services: user name to all of its groups. */
  readonly #groupLists = new Map<string, readonly number[]>();
  readonly #hasRemoteGroups: boolean;
  readonly #missing = new Map<string, 'passwd' | 'group' | 'groups of'>();

  constructor(passwd: string, group: string, hasRemoteGroups: boolean) {
    this.#hasRemoteGroups = hasRemoteGroups;
    for (const line of passwd.split('\n')) this.#addUser(line);
    for (const line of group.split('\n')) this.#addGroup(line);
  }

  user(nameOrId: string): UserIdentity | undefined {
    const id = idOf(nameOrId);
    const account = id === undefined ? this.#byName.get(nameOrId) : this.#byId.get(id);
    if (account === undefined) this.#note('passwd', nameOrId);
    return account === undefined ? undefined : { ...account, name: nameOrId, groups: this.#groupsOf(account) };
  }

  group(nameOrId: string): number | undefined {
    const id = idOf(nameOrId);
    const gid = id === undefined ? this.#gids.get(nameOrId) : this.#knownGids.has(id) ? id : undefined;
    if (gid === undefined) this.#note('group', nameOrId);
    return gid;
  }

  async askForMissing(): Promise<boolean> {
    const missing = [...this.#missing];
    const answers = await Promise.all(missing.map(([key, what]) => this.#ask(what, key.slice(what.length + 1))));
    return answers.some((isFound) => isFound);
  }

  /** initgroups(3): the primary group and every group that lists the user. */
  #groupsOf({ name, gid }: Account): readonly number[] {
    const asked = this.#groupLists.get(name);
    if (asked !== undefined) return asked;
    if (this.#hasRemoteGroups) this.#note('groups of', name);
    return [...new Set([gid, ...(this.#memberships.get(name) ?? [])])];
  }

  /** Once only: what was asked and not found keeps its note and is not asked again. */
  readonly #asked = new Set<string>();

  #note(what: 'passwd' | 'group' | 'groups of', name: string): void {
    const key = `${what} ${name}`;
    if (!this.#asked.has(key)) this.#missing.set(key, what);
  }

  async #ask(what: 'passwd' | 'group' | 'groups of', name: string): Promise<boolean> {
    const key = `${what} ${name}`;
    this.#missing.delete(key);
    this.#asked.add(key);
    // A name that looks like an option, or holds what no name holds, is nobody's.
    if (!/^[\w.@\\+][\w.@\\$+-]*$/u.test(name)) return false;
    if (what === 'groups of') return this.#askGroups(name);
    const line = await answerOf('getent', [what, name]);
    if (line === undefined) return false;
    return what === 'group' ? this.#addGroup(line) : this.#addRemoteUser(line, name);
  }

  async #addRemoteUser(line: string, askedAs: string): Promise<boolean> {
    if (!this.#addUser(line)) return false;
    const account = this.#byName.get(line.split(':')[0] ?? '');
    if (account === undefined) return false;
    // LDAP knows more than one spelling of a name.
    this.#byName.set(askedAs, account);
    return this.#askGroups(account.name);
  }

  async #askGroups(name: string): Promise<boolean> {
    const answer = await answerOf('id', ['-G', name]);
    const groups = answer?.split(/\s+/).map(Number).filter(Number.isInteger);
    if (groups !== undefined) this.#groupLists.set(name, groups);
    return groups !== undefined;
  }

  #addUser(line: string): boolean {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || !isId(uid) || !isId(gid)) return false;
    const account = { name, uid: Number(uid), gid: Number(gid) };
    // Of two lines the first one counts, as for getpwnam(3).
    if (!this.#byName.has(name)) this.#byName.set(name, account);
    if (!this.#byId.has(account.uid)) this.#byId.set(account.uid, account);
    return true;
  }

  #addGroup(line: string): boolean {
    const [name, , gid, members = ''] = line.split(':');
    if (name === undefined || !isId(gid)) return false;
    const id = Number(gid);
    if (!this.#gids.has(name)) this.#gids.set(name, id);
    this.#knownGids.add(id);
    for (const member of members.split(',').filter((text) => text !== '')) {
      this.#memberships.set(member, [...(this.#memberships.get(member) ?? []), id]);
    }
    return true;
  }
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,10}$/.test(text);
}

/** A name of digits is a number, as for Supervisor. */
function idOf(nameOrId: string): number | undefined {
  return isId(nameOrId.trim()) ? Number(nameOrId) : undefined;
}

/** Whether users, or the groups of a local user, may be listed elsewhere than in the files. */
export function hasRemote(nsswitch: string, what: 'passwd' | 'group'): boolean {
  const names = what === 'group' ? /^\s*(?:initgroups|group)\s*:(.*)$/m : /^\s*passwd\s*:(.*)$/m;
  const line = names.exec(nsswitch)?.[1] ?? '';
  return line
    .replaceAll(/\[[^\]]*\]|#.*$/g, '')
    .split(/\s+/)
    .some((name) => !['', 'files', 'compat', 'systemd'].includes(name));
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** A directory server that does not answer may not hold up a start for ever. */
const ASK_TIMEOUT_MS = 5000;

async function answerOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { timeout: ASK_TIMEOUT_MS });
    return stdout.trim().split('\n')[0];
  } catch {
    // Not found (getent exits 2), or no such command, as on macOS: then the files are all there is.
    return undefined;
  }
}
