import { lstatSync, openSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { codeOf } from '../errors.ts';
import { Folder, ownUser, refusal, type OpenOptions } from './folder.ts';
import { isTrustedLink } from './trust.ts';

/** The limit of Linux. */
const MOST_LINKS = 40;

/** A name in a folder. The folder stays open until this is disposed. */
export interface Located extends Disposable {
  readonly folder: Folder;
  readonly name: string;
  /** The folder is `/proc/PID/fd`, where a name leads to an open file and not to a path. */
  readonly isDescriptor: boolean;
}

export interface LocateOptions {
  /**
   * `keep`: a link at the end of the path is meant itself (to be renamed or removed), not its target. Default `follow`.
   */
  readonly last?: 'follow' | 'keep';
}

/**
 * Finds the folder of a path, step by step from the root, and holds it open. The path may lead through folders of other
 * users, who can replace a name by a link at any moment. Each step therefore starts from the folder before it, and a
 * link is followed
 *
 * - in a folder where only root and the daemon's user can write: wherever it leads;
 * - in one of theirs where others can write, too: if root or the daemon's user created the link;
 * - in a folder of another user, and below: if it stays below the first such folder of the path.
 *
 * The final name is resolved when it is opened: {@link Folder.open} follows no link.
 * @throws ELOOP, with a reason, for a link that is not followed; ENOENT, ENOTDIR, EACCES for a folder that cannot be
 *   opened.
 */
export function locate(path: string, { last = 'follow' }: LocateOptions = {}): Located {
  const walk = new Walk(resolve(path));
  try {
    return walk.toEnd(last === 'follow');
  } finally {
    walk.close();
  }
}

/** Opens a folder by its path, with the rules of {@link locate}. The caller disposes of it. */
export function openFolder(path: string): Folder {
  const place = locate(path);
  if (place.name === '') return place.folder;
  using parent = place.folder;
  return parent.openFolder(place.name);
}

/**
 * Opens a file by its path. See {@link locate} and {@link Folder.open}. An open file of another process
 * (`/proc/1/fd/1`) is opened only if that process belongs to root or to the daemon's user.
 */
export function openFile(path: string, options: OpenOptions & LocateOptions): number {
  using place = locate(path, options);
  const { folder, name, isDescriptor } = place;
  if (!isDescriptor || folder.trust !== 'own') return folder.open(name, options);
  const { flags } = options;
  return openSync(folder.at(name), typeof flags === 'number' ? flags : flags(statSync(folder.at(name))));
}

/**
 * The stats of a path; `undefined` if nothing is there. A final link is followed where {@link locate} follows it.
 * @throws as {@link locate}.
 */
export function lookAt(path: string, options?: LocateOptions): Stats | undefined {
  try {
    using place = locate(path, options);
    const { folder, name, isDescriptor } = place;
    return isDescriptor && folder.trust === 'own' ? statSync(folder.at(name)) : folder.look(name);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

class Walk {
  readonly #path: string;
  /** All folders from the root to the current one, open. */
  #folders: Folder[] = [Folder.root()];
  /** The index of the first folder of another user. */
  #anchor: number | undefined;
  #rest: string[];
  #links = 0;

  constructor(path: string) {
    this.#path = path;
    this.#rest = partsOf(path);
  }

  toEnd(followsLast: boolean): Located {
    for (;;) {
      const name = this.#rest.shift();
      if (name === undefined) return this.#handOver('');
      if (name === '..') this.#goUp();
      else if (this.#rest.length > 0) this.#step(name);
      else if (isDescriptors(this.#folder.path)) return this.#handOver(name);
      else if (!followsLast || this.#folder.look(name)?.isSymbolicLink() !== true) return this.#handOver(name);
      else this.#follow(name);
    }
  }

  close(): void {
    for (const folder of this.#folders.splice(0)) folder[Symbol.dispose]();
  }

  get #folder(): Folder {
    const folder = this.#folders.at(-1);
    if (folder === undefined) throw new Error('a walk without a folder');
    return folder;
  }

  #handOver(name: string): Located {
    const folder = this.#folder;
    this.#folders.pop();
    return {
      folder,
      name,
      isDescriptor: isDescriptors(folder.path),
      [Symbol.dispose]: () => folder[Symbol.dispose](),
    };
  }

  #step(name: string): void {
    if (this.#folder.look(name)?.isSymbolicLink() === true) this.#follow(name);
    else this.#enter(this.#folder.openFolder(name));
  }

  #enter(folder: Folder): void {
    this.#folders.push(folder);
    if (folder.trust === 'foreign') this.#anchor ??= this.#folders.length - 1;
  }

  #goUp(): void {
    const above = this.#folders.length - 2;
    if (above < 0) return;
    if (this.#anchor !== undefined && above < this.#anchor) throw this.#leadsOut('..');
    this.#leaveTo(above);
  }

  #leaveTo(index: number): void {
    for (const folder of this.#folders.splice(index + 1)) folder[Symbol.dispose]();
  }

  #follow(name: string): void {
    this.#links += 1;
    if (this.#links > MOST_LINKS) throw refusal('ELOOP', this.#path, 'leads through too many symbolic links');
    try {
      if (this.#anchor === undefined) this.#followTrusted(name);
      else this.#followBelow(name, this.#anchor);
    } catch (error) {
      if (codeOf(error) !== 'EINVAL') throw error;
      this.#rest.unshift(name); // it was a link and is none now: check it again
    }
  }

  #followTrusted(name: string): void {
    const target = readTrustedLink(this.#folder, name);
    if (target === undefined) throw this.#leadsOut(name);
    if (isAbsolute(target)) this.#leaveTo(0);
    this.#rest.unshift(...partsOf(target));
  }

  /**
   * The creator of this link can change it at any moment. All that matters is that the target stays below the anchor.
   */
  #followBelow(name: string, anchor: number): void {
    const target = readlinkSync(this.#folder.at(name));
    if (!isAbsolute(target)) return void this.#rest.unshift(...partsOf(target));
    const base = this.#folders[anchor]?.path;
    if (base === undefined || (target !== base && !target.startsWith(`${base}/`))) throw this.#leadsOut(name);
    this.#leaveTo(anchor);
    this.#rest.unshift(...partsOf(target.slice(base.length)));
  }

  #leadsOut(name: string): Error {
    const folder = this.#folder;
    const path = folder.path === '/' ? `/${name}` : `${folder.path}/${name}`;
    const whose =
      this.#anchor === undefined
        ? 'and neither root nor this user has made it'
        : `and leads out of ${this.#folders[this.#anchor]?.path ?? ''}, which belongs to user ${this.#folders[this.#anchor]?.stats().uid ?? '?'}`;
    return refusal('ELOOP', path, `is a symbolic link in a folder that others can write, ${whose}; it is not followed`);
  }
}

/**
 * The target of a trusted link; `undefined` if it is not trusted. Checked twice: in a shared folder it may be replaced.
 */
function readTrustedLink(folder: Folder, name: string): string | undefined {
  const before = lstatSync(folder.at(name), { bigint: true });
  if (!isTrustedLink(folder.trust, { uid: Number(before.uid) }, ownUser())) return undefined;
  const target = readlinkSync(folder.at(name));
  const after = lstatSync(folder.at(name), { bigint: true });
  // A rename changes ctime, too.
  return before.ino === after.ino && before.ctimeNs === after.ctimeNs ? target : undefined;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function isDescriptors(path: string): boolean {
  return /^\/proc\/(?:self|thread-self|\d+)(?:\/task\/\d+)?\/fd$/.test(path);
}
