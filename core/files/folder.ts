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

/** Linux: a descriptor for names alone. Unlike with O_RDONLY, the folder need not be readable. Node has no name for it. */
export const O_PATH = process.platform === 'linux' ? 0o10000000 : O_RDONLY;
const OPEN_FOLDER = O_PATH | O_DIRECTORY | O_NOFOLLOW;
const ALWAYS = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/** How often something is opened that is exchanged every time between the look and the opening. */
const MOST_TRIES = 16;

/** How a file is opened. */
export interface OpenOptions {
  /** Flags for `open`, without O_NOFOLLOW, O_NONBLOCK, O_NOCTTY, which always are set, and without O_TRUNC. Or a choice by what is there. */
  readonly flags: number | ((found: Stats | undefined) => number);
  /** Of a file that is made. */
  readonly mode?: number;
}

/**
 * A directory that is held open. Names in it are used without its path: whatever becomes of the path, they stay names in this
 * directory. Node has no `openat`; `/proc/self/fd/N/NAME` does the same. Without /proc (macOS, some chroots) the path is used, and a
 * folder that another user exchanges at the wrong moment is not noticed.
 */
export class Folder implements Disposable {
  readonly #fd: number;
  readonly #path: string;
  readonly trust: FolderTrust;
  /** Whether others can exchange names here, or this folder itself. */
  readonly isExposed: boolean;

  /** Whether others can put another folder in the place of this one. */
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

  /** A folder in this one. @throws ENOTDIR for anything else, links included. */
  openFolder(name: string): Folder {
    return new Folder(openSync(this.at(name), OPEN_FOLDER), join(this.#path, name), this);
  }

  /** The path by which the folder was reached, for messages and for what is compared with links. */
  get path(): string {
    return this.#path;
  }

  /** A path for system calls, which is good as long as the folder is open. It does not keep a call from following a link. */
  at(name: string): string {
    return hasDescriptorPaths() ? `/proc/self/fd/${this.#fd}/${name}` : join(this.#path, name);
  }

  /** What is there; a link itself. */
  look(name: string): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  /** The names in the folder. */
  names(): string[] {
    return readdirSync(this.at('.'));
  }

  /**
   * Opens a file; whoever asks closes the descriptor. Never waits for the other end of a FIFO, never follows a link, and opens what it has
   * looked at: where others can exchange names, no device, and no second name of a file.
   * @throws the error of the system call; ELOOP for a link; EPERM with words for what is refused.
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

  /** `undefined`: another thing has got the name since it was looked at. */
  #openAs(name: string, found: Stats | undefined, flags: number, mode: number): number | undefined {
    const mayMake = (flags & O_CREAT) !== 0;
    try {
      // O_CREAT alone would open what somebody has put there since.
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

  /** Gives what is in another folder, under some name, a second name here. @throws EEXIST where the name is taken. */
  link(from: Folder, name: string, to: string): void {
    linkSync(from.at(name), this.at(to));
  }

  /** Moves what is in another folder here, in place of what has the name. */
  take(from: Folder, name: string, to: string): void {
    renameSync(from.at(name), this.at(to));
  }

  /** @throws ENOENT where there is nothing. */
  remove(name: string): void {
    unlinkSync(this.at(name));
  }

  /** Removes what is there, if anything is. */
  removeIfThere(name: string): void {
    try {
      this.remove(name);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  /** Makes a folder with a new name, which begins with `prefix`, that nobody else may enter. Returns the name. */
  makePrivateFolder(prefix: string): string {
    return mkdtempSync(this.at(prefix)).slice(this.at('').length);
  }

  /** Only an empty one. */
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

  /** The path that people know, in place of the one that was used. */
  #named(name: string, error: unknown): unknown {
    if (error instanceof Error) error.message = error.message.replace(this.at(name), join(this.#path, name));
    return error;
  }
}

export function isSameFile(one: Pick<Stats, 'dev' | 'ino'> | undefined, other: Pick<Stats, 'dev' | 'ino'>): boolean {
  return one !== undefined && one.ino === other.ino && one.dev === other.dev;
}

/** An error as system calls have it, with a code and our words. */
export function refusal(code: 'ELOOP' | 'EPERM' | 'EEXIST' | 'ENOENT', path: string, why: string): Error {
  return Object.assign(new Error(`${code}: ${path} ${why}`), { code });
}

/** The user whose files the daemon trusts beside root's. */
export function ownUser(): number {
  return process.geteuid?.() ?? 0;
}

let descriptorPaths: boolean | undefined;

/** Whether what a descriptor is of can be opened anew by its number. */
export function hasDescriptorPaths(): boolean {
  return (descriptorPaths ??= existsSync('/proc/self/fd/.'));
}

let hardLinksProtected: boolean | undefined;

/** Whether the kernel lets users make second names only for files that they may write anyway. */
function areHardLinksProtected(): boolean {
  if (hardLinksProtected !== undefined) return hardLinksProtected;
  try {
    hardLinksProtected = readFileSync('/proc/sys/fs/protected_hardlinks', 'utf8').trim() === '1';
  } catch {
    hardLinksProtected = false;
  }
  return hardLinksProtected;
}
