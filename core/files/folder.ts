import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../errors.ts';
import { canExchange, reasonToRefuse, trustOf, type FolderTrust } from './trust.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * Linux: opens a folder only to resolve names in it. Unlike O_RDONLY, this does not need read permission. Node has no
 * name for it.
 */
export const O_PATH = process.platform === 'linux' ? 0o10000000 : O_RDONLY;
const OPEN_FOLDER = O_PATH | O_DIRECTORY | O_NOFOLLOW;
const ALWAYS = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/** How often to retry when the file is replaced between the check and the open. */
const MOST_TRIES = 16;

/** How a file is opened. */
export interface OpenOptions {
  /**
   * Flags for `open`, or a function that chooses them by what was found. O_NOFOLLOW, O_NONBLOCK and O_NOCTTY are always
   * set; O_TRUNC never is.
   */
  readonly flags: number | ((found: Stats | undefined) => number);
  /** The mode of a new file. */
  readonly mode?: number;
}

/**
 * A directory that is held open. Names are resolved in this directory, whatever happens to its path. Node has no
 * `openat`; `/proc/self/fd/N/NAME` does the same. Without /proc (macOS, some chroots) the path is used, and a folder
 * that another user replaces at the wrong moment is not noticed.
 */
export class Folder implements Disposable {
  readonly #fd: number;
  readonly #path: string;
  readonly trust: FolderTrust;
  /** Whether other users can replace names in this folder, or this folder itself. */
  readonly isExposed: boolean;

  /** Whether other users can replace this folder by another one. */
  readonly #isExchangeable: boolean;

  private constructor(fd: number, path: string, parent: Folder | undefined) {
    this.#fd = fd;
    this.#path = path;
    const stats = fstatSync(fd);
    this.trust = trustOf(stats, ownUser());
    this.#isExchangeable =
      parent !== undefined && (parent.#isExchangeable || canExchange(parent.stats(), stats, ownUser()));
    this.isExposed = this.#isExchangeable || this.trust !== 'own';
  }

  static root(): Folder {
    return new Folder(openSync('/', OPEN_FOLDER), '/', undefined);
  }

  /** Opens a subfolder. @throws ENOTDIR for anything else, links included. */
  openFolder(name: string): Folder {
    return new Folder(openSync(this.at(name), OPEN_FOLDER), join(this.#path, name), this);
  }

  /** The path that led to the folder. For messages, and for comparison with links. */
  get path(): string {
    return this.#path;
  }

  /** A path for system calls, valid while the folder is open. Calls that follow links still follow them. */
  at(name: string): string {
    return hasDescriptorPaths() ? `/proc/self/fd/${this.#fd}/${name}` : join(this.#path, name);
  }

  /** The stats of a name; of the link itself, not its target. `undefined` if nothing is there. */
  look(name: string): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  /** The names in the folder. */
  names(): string[] {
    return readdirSync(this.at('.'));
  }

  /**
   * Opens a file; the caller closes the descriptor. Never waits for the other end of a FIFO, never follows a link, and
   * opens exactly the file that was checked. Where other users can replace names, it opens no device and no file with a
   * second hard link.
   * @throws the error of the system call; ELOOP for a link; EPERM with a reason for a refused file.
   */
  open(name: string, { flags, mode = 0o600 }: OpenOptions): number {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const found = this.look(name);
      const chosen = typeof flags === 'number' ? flags : flags(found);
      if (found !== undefined) this.#refuse(name, found, chosen);
      const fd = this.#openAs(name, found, chosen, mode);
      if (fd !== undefined) return fd;
    }
    throw refusal('ELOOP', join(this.#path, name), 'is exchanged all the time');
  }

  /** `undefined`: the name was given to another file since the check. */
  #openAs(name: string, found: Stats | undefined, flags: number, mode: number): number | undefined {
    const mayMake = (flags & O_CREAT) !== 0;
    try {
      // O_CREAT alone would open a file that was created there since the check.
      if (found === undefined && mayMake) return openSync(this.at(name), flags | O_EXCL | ALWAYS, mode);
      const fd = openSync(this.at(name), (flags & ~(O_CREAT | O_EXCL)) | ALWAYS);
      if (found !== undefined && isSameFile(fstatSync(fd), found)) return fd;
      closeSync(fd);
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (found !== undefined && (code === 'ENOENT' || code === 'ELOOP')) return undefined;
      if (found === undefined && mayMake && (flags & O_EXCL) === 0 && code === 'EEXIST') return undefined;
      throw this.#named(name, error);
    }
  }

  rename(from: string, to: string): void {
    renameSync(this.at(from), this.at(to));
  }

  /** Hard-links a file of another folder into this one. @throws EEXIST if the name is taken. */
  link(from: Folder, name: string, to: string): void {
    linkSync(from.at(name), this.at(to));
  }

  /** Moves a file of another folder here. Replaces an existing file of that name. */
  take(from: Folder, name: string, to: string): void {
    renameSync(from.at(name), this.at(to));
  }

  /** @throws ENOENT if the name does not exist. */
  remove(name: string): void {
    unlinkSync(this.at(name));
  }

  /** Removes a name, if it exists. */
  removeIfThere(name: string): void {
    try {
      this.remove(name);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  /** Makes a folder with a new name that begins with `prefix`. Only the daemon may enter it. Returns the name. */
  makePrivateFolder(prefix: string): string {
    return mkdtempSync(this.at(prefix)).slice(this.at('').length);
  }

  /** The folder must be empty. */
  removeFolder(name: string): void {
    rmdirSync(this.at(name));
  }

  stats(): Stats {
    return fstatSync(this.#fd);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #refuse(name: string, found: Stats, flags: number): void {
    const path = join(this.#path, name);
    if ((flags & O_EXCL) !== 0) throw refusal('EEXIST', path, 'is there already');
    if (found.isSymbolicLink()) throw refusal('ELOOP', path, 'is a symbolic link, which is not followed here');
    const why = this.isExposed ? reasonToRefuse(found, areHardLinksProtected()) : undefined;
    if (why !== undefined) throw refusal('EPERM', path, `is in a folder where others can write, and ${why}`);
  }

  /** Replaces the internal path in an error by the path that people know. */
  #named(name: string, error: unknown): unknown {
    if (error instanceof Error) error.message = error.message.replace(this.at(name), join(this.#path, name));
    return error;
  }
}

export function isSameFile(one: Pick<Stats, 'dev' | 'ino'> | undefined, other: Pick<Stats, 'dev' | 'ino'>): boolean {
  return one !== undefined && one.ino === other.ino && one.dev === other.dev;
}

/** An error like those of system calls, with a code and our text. */
export function refusal(code: 'ELOOP' | 'EPERM' | 'EEXIST' | 'ENOENT', path: string, why: string): Error {
  return Object.assign(new Error(`${code}: ${path} ${why}`), { code });
}

/** The user whose files the daemon trusts, besides root's. */
export function ownUser(): number {
  return process.geteuid?.() ?? 0;
}

let descriptorPaths: boolean | undefined;

/** Whether an open descriptor can be opened again through its number (/proc/self/fd). */
export function hasDescriptorPaths(): boolean {
  return (descriptorPaths ??= existsSync('/proc/self/fd/.'));
}

let hardLinksProtected: boolean | undefined;

/** Whether the kernel only lets users hard-link files that they may write anyway. */
function areHardLinksProtected(): boolean {
  if (hardLinksProtected !== undefined) return hardLinksProtected;
  try {
    hardLinksProtected = readFileSync('/proc/sys/fs/protected_hardlinks', 'utf8').trim() === '1';
  } catch {
    hardLinksProtected = false;
  }
  return hardLinksProtected;
}
