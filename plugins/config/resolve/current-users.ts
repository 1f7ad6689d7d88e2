import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { reasonOf, SpawnRefusal, type SpawnPlan, type Supervisor, type UserIdentity } from '../../../core/index.ts';
import { hasRemote, userDatabaseOf, type UserDatabase } from './user-database.ts';

/** The files that hold local users and groups. */
export interface UserFiles {
  readonly passwd: string;
  readonly group: string;
  readonly nsswitch: string;
}

const ETC: UserFiles = { passwd: '/etc/passwd', group: '/etc/group', nsswitch: '/etc/nsswitch.conf' };

/**
 * Looks up the primary group and all groups of a program's user at each start, as Supervisor does: whoever was added to a
 * group has it from the next start on. A start costs two `stat`s while the files stay as they are. Where the groups of local
 * users may come from a directory service, `id -G` is asked instead.
 */
export function lookUpUsersAtStart({ hooks }: Supervisor, files: UserFiles = ETC): void {
  const users = new CurrentUsers(files);
  // Ahead of the taps that use the identity.
  const terms = { name: 'users', stage: -1000 };
  const withIdentity = (plan: SpawnPlan, identity: UserIdentity): SpawnPlan => ({ ...plan, identity });
  if (hasRemote(readText(files.nsswitch), 'group')) {
    hooks.spawn.tapPromise(terms, async (plan) =>
      plan.identity === undefined ? plan : withIdentity(plan, await askForGroups(plan.identity)),
    );
  } else {
    hooks.spawn.tap(terms, (plan) =>
      plan.identity === undefined ? plan : withIdentity(plan, users.current(plan.identity)),
    );
  }
}

class CurrentUsers {
  readonly #files: UserFiles;
  #seen = '';
  #database: UserDatabase | undefined;

  constructor(files: UserFiles) {
    this.#files = files;
  }

  /** @throws when there is no such user any more. Supervisor: options.py drop_privileges. */
  current(identity: UserIdentity): UserIdentity {
    const { passwd, nsswitch } = this.#files;
    const found = this.#read()?.user(String(identity.uid));
    if (found !== undefined) return { ...found, name: identity.name };
    if (this.#database === undefined || hasRemote(readText(nsswitch), 'passwd')) return identity;
    throw new SpawnRefusal('identity', `user ${identity.name} (uid ${identity.uid}) is not in ${passwd} any more`);
  }

  /** `undefined` where the files cannot be read. */
  #read(): UserDatabase | undefined {
    const { passwd, group } = this.#files;
    try {
      const state = [passwd, group].map((file) => {
        const { ino, size, mtimeMs, ctimeMs } = statSync(file);
        return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
      });
      if (state.join() === this.#seen) return this.#database;
      this.#database = userDatabaseOf({
        passwd: readFileSync(passwd, 'utf8'),
        group: readFileSync(group, 'utf8'),
        nsswitch: '',
      });
      this.#seen = state.join();
    } catch {
      this.#database = undefined;
      this.#seen = '';
    }
    return this.#database;
  }
}

/** A directory server that does not answer may not hold up a start for ever. */
const ASK_TIMEOUT_MS = 5000;

/** With `+`, `id` asks nobody for a user of that name. @throws when nobody answers: the groups of the last start may be more than the user has now. */
async function askForGroups(identity: UserIdentity): Promise<UserIdentity> {
  try {
    const { stdout } = await promisify(execFile)('id', ['-G', `+${identity.uid}`], { timeout: ASK_TIMEOUT_MS });
    const groups = stdout.trim().split(/\s+/).map(Number);
    if (!groups.every(Number.isInteger) || stdout.trim() === '')
      throw new Error(`it answered ${JSON.stringify(stdout)}`);
    return { ...identity, gid: groups[0] ?? identity.gid, groups };
  } catch (error) {
    const reason = `the groups of user ${identity.name} cannot be looked up (id -G): ${reasonOf(error)}`;
    throw new SpawnRefusal('identity', reason, { cause: error });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
