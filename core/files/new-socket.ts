import { chmodSync, lchownSync, type Stats } from 'node:fs';
import { codeOf } from '../errors.ts';
import { refusal, type Folder } from './folder.ts';

/** Room for a path in the kernel's sockaddr_un, without the final zero. */
export const LONGEST_SOCKET_PATH = 107;

/**
 * A unix socket before it is visible under its final name. It is bound at {@link path}, in a folder that only the
 * daemon may enter, where it gets its owner and mode. {@link publish} then hard-links it to its name, which fails if
 * the name is taken. Nobody ever sees it with another owner or mode, and the owner of the folder cannot substitute
 * another file of root's.
 */
export class NewSocket implements Disposable {
  readonly #folder: Folder;
  readonly #hidden: Folder;
  /**
   * The name of the hidden folder, and of the socket in it. When the listener closes, libuv removes the path that it
   * bound, by a number that may then mean another folder. No other file has this name.
   */
  readonly #name: string;

  /** `folder`: where the socket will be published. The caller closes it after this object. */
  constructor(folder: Folder) {
    this.#folder = folder;
    this.#name = folder.makePrivateFolder('.tsvd-');
    this.#hidden = this.#openHidden();
  }

  /** The path to bind. Valid until this object is disposed. */
  get path(): string {
    return this.#hidden.at(this.#name);
  }

  /** The stats of the bound socket. @throws if nothing was bound. */
  stats(): Stats {
    const stats = this.#hidden.look(this.#name);
    if (stats === undefined) throw refusal('ENOENT', this.#hidden.path, 'has no socket');
    return stats;
  }

  setOwner(uid: number, gid: number): void {
    lchownSync(this.path, uid, gid);
  }

  /** Call it after setting the owner: changing the owner may change the mode. */
  setMode(mode: number): void {
    chmodSync(this.path, mode);
  }

  /** @throws EEXIST where the name is taken. */
  publish(name: string): void {
    try {
      this.#folder.link(this.#hidden, this.#name, name);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
      this.#folder.take(this.#hidden, this.#name, name); // the file system has no hard links
    }
  }

  [Symbol.dispose](): void {
    this.#hidden.removeIfThere(this.#name);
    this.#hidden[Symbol.dispose]();
    try {
      this.#folder.removeFolder(this.#name);
    } catch {
      // The owner of the folder moved or replaced it. It is theirs to clean up.
    }
  }

  /** The owner of the folder may already have replaced it. */
  #openHidden(): Folder {
    const hidden = this.#folder.openFolder(this.#name);
    const { uid, mode } = hidden.stats();
    if (uid === process.geteuid?.() && (mode & 0o077) === 0) return hidden;
    hidden[Symbol.dispose]();
    throw refusal('EPERM', hidden.path, 'is not the folder that was made');
  }
}

/** A path for `connect` to a name in a folder. The path by descriptor, or the real path if that one is too long. */
export function socketPath(folder: Folder, name: string, path: string): string {
  const short = folder.at(name);
  return Buffer.byteLength(short) <= LONGEST_SOCKET_PATH ? short : path;
}
