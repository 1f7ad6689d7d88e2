import { closeSync, constants, openSync, readdirSync, readlinkSync } from 'node:fs';
import { codeOf, exitOf, waitStatusOf, type Exit } from '../../../core/index.ts';
import type { Posix } from '../../../core/posix.ts';
import { isAlive, pidfdOf, statOf, type StartedProcess } from './process-start.ts';
import { identityOf, type KeeperRecord } from './keeper.ts';

/** What has become of a child. The caller closes the pidfd. */
export type Fate =
  | { readonly kind: 'running'; readonly pidfd: number }
  | { readonly kind: 'ended'; readonly exit: Exit };

/** What a daemon that was killed has left on the machine: its children, and the process that holds its descriptors. */
export class LeftBehind {
  readonly #posix: Posix;
  readonly #keeper: (KeeperRecord & { readonly pidfd: number }) | undefined;
  /** Where its pipes and sockets are open, by their identity. */
  readonly #places = new Map<string, { readonly pid: number; readonly fd: number }>();

  constructor(posix: Posix, keeper: KeeperRecord | undefined) {
    this.#posix = posix;
    const pidfd = keeper && pidfdOf(posix, keeper);
    if (keeper !== undefined && pidfd !== undefined) {
      this.#keeper = { ...keeper, pidfd };
      this.#list(keeper.pid, descriptorsOf(keeper.pid));
    }
  }

  /** What these children have open serves as well, where they still run. */
  addChildren(children: readonly StartedProcess[]): void {
    for (const child of children) if (isAlive(child)) this.#list(child.pid, [0, 1, 2]);
  }

  fateOf(child: StartedProcess): Fate {
    const pidfd = pidfdOf(this.#posix, child);
    if (pidfd !== undefined) return { kind: 'running', pidfd };
    return { kind: 'ended', exit: this.exitOf(child) ?? { kind: 'unknown', reason: 'it ended while no daemon ran' } };
  }

  /** How a child ended, if that is known now. */
  exitOf(child: StartedProcess): Exit | undefined {
    return this.#keptExitOf(child) ?? exitOfZombie(child);
  }

  #keptExitOf({ pid }: StartedProcess): Exit | undefined {
    const [, fd] = this.#keeper?.ends.find(([known]) => known === pid) ?? [];
    if (this.#keeper === undefined || fd === undefined) return undefined;
    try {
      const copy = this.#posix.copyDescriptor(this.#keeper.pidfd, fd);
      try {
        return exitOfPidfd(this.#posix, copy);
      } finally {
        closeSync(copy);
      }
    } catch {
      return undefined; // this user may not, or the kernel is older
    }
  }

  /** Opens a pipe with these flags, or copies the descriptor of a socket, by its identity. */
  open(identity: string, flags: number): number | undefined {
    const place = this.#places.get(identity);
    if (place === undefined) return undefined;
    try {
      const fd = identity.startsWith('pipe:')
        ? openSync(`/proc/${place.pid}/fd/${place.fd}`, flags | constants.O_NOCTTY)
        : this.#copy(place);
      if (identityOf(fd) === identity) return fd;
      closeSync(fd);
    } catch {
      // its last holder has ended in the meantime, or this user may not open it
    }
    return undefined;
  }

  #copy({ pid, fd }: { readonly pid: number; readonly fd: number }): number {
    const pidfd = this.#posix.openPidfd(pid);
    try {
      return this.#posix.copyDescriptor(pidfd, fd);
    } finally {
      closeSync(pidfd);
    }
  }

  close(): void {
    if (this.#keeper !== undefined) closeSync(this.#keeper.pidfd);
  }

  #list(pid: number, fds: readonly number[]): void {
    for (const fd of fds) {
      const identity = identityOf(`${pid}/fd/${fd}`);
      if (identity !== undefined && !this.#places.has(identity)) this.#places.set(identity, { pid, fd });
    }
  }
}

/** How the process of a pidfd ended; `undefined` while the kernel does not report it. */
export function exitOfPidfd(posix: Posix, pidfd: number): Exit | undefined {
  const end = posix.endOf(pidfd);
  return end && exitOf(end);
}

/**
 * The status of a child that process 1 has not reaped, from its stat. The kernel shows 0 to a process that may not trace the
 * child. The link to its executable distinguishes that from a real 0: ENOENT for a process that may trace it, EACCES otherwise.
 */
export function exitOfZombie({ pid, start }: StartedProcess): Exit | undefined {
  const stat = statOf(pid);
  if (stat?.state !== 'Z' || stat.start !== start || !isFileGone(pid)) return undefined;
  return exitOf(waitStatusOf(stat.exitStatus));
}

function isFileGone(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return false;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

function descriptorsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(Number);
  } catch {
    return [];
  }
}

/** Whether it is there, be it a zombie. */
export function isThere({ pid, start }: StartedProcess): boolean {
  return statOf(pid)?.start === start;
}

/** Whether this process is its parent, so that nobody else can reap it. */
export function isOwnChild({ pid, start }: StartedProcess): boolean {
  const stat = statOf(pid);
  return stat?.start === start && stat.parent === process.pid;
}
