import { chmodSync, lchownSync, type Stats } from 'node:fs';
import { codeOf } from '../errors.ts';
import { refusal, type Folder } from './folder.ts';

/** Room for a path in the kernel's sockaddr_un, without the final zero. */
export const LONGEST_SOCKET_PATH = 107;

/**
 * The file of a unix socket before it has its name. It is bound at {@link path}, in a folder that only the daemon may enter; there it
 * gets its owner and mode. {@link publish} then gives it its name, by a link, which fails where the name is taken. So nobody ever finds it
 * with another owner or mode, and the owner of the folder never gets another file of root's in its place.
 */
export class NewSocket implements Disposable {
  readonly #folder: Folder;
  readonly #hidden: Folder;
  /**
   * Of the hidden folder, and of the socket in it. libuv removes the path that it bound when the listener closes, by a number that may
   * mean another folder then: no other file has this name.
   */
  readonly #name: string;

  /** Will be published in this folder. The caller closes it after this. */
  constructor(folder: Folder) {
    this.#folder = folder;
    this.#name = folder.makePrivateFolder('.tsvd-');
    this.#hidden = this.#openHidden();
  }

  /** Where to bind it, as long as this is not disposed of. */
  get path(): string {
    return this.#hidden.at(this.#name);
  }

  /** What was bound. @throws where nothing was. */
  stats(): Stats {
    const stats = this.#hidden.look(this.#name);
    if (stats === undefined) throw refusal('ENOENT', this.#hidden.path, 'has no socket');
    return stats;
  }

  setOwner(uid: number, gid: number): void {
    lchownSync(this.path, uid, gid);
  }

  /** After the owner: changing that may change the mode. */
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
      this.#folder.take(this.#hidden, this.#name, name); // a file system without links
    }
  }

  [Symbol.dispose](): void {
    this.#hidden.removeIfThere(this.#name);
    this.#hidden[Symbol.dispose]();
    try {
      this.#folder.removeFolder(this.#name);
    } catch {
      // The folder's owner has moved it, or put something into its place: theirs to clean up.
    }
  }

  /** The owner of the folder may have put another one in its place already. */
  #openHidden(): Folder {
    const hidden = this.#folder.openFolder(this.#name);
    const { uid, mode } = hidden.stats();
    if (uid === process.geteuid?.() && (mode & 0o077) === 0) return hidden;
    hidden[Symbol.dispose]();
    throw refusal('EPERM', hidden.path, 'is not the folder that was made');
  }
}

/** A path for `connect` to a name in a folder; the long one only where the short one has no room. */
export function socketPath(folder: Folder, name: string, path: string): string {
  const short = folder.at(name);
  return Buffer.byteLength(short) <= LONGEST_SOCKET_PATH ? short : path;
}
